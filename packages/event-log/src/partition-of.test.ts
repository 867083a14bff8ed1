import { expect, test } from 'vitest'
import { murmur2, partitionOf } from './partition-of.ts'

test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('murmur2 of %s is what Kafka computes', (key, hash) => {
  expect(murmur2(key)).toBe(hash)
})

test('a key is spread over all partitions and never outside them', () => {
  const hit = new Set(Array.from({ length: 500 }, (_, n) => partitionOf(`person-ü-${n}`, 12)))
  expect([...hit].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n))
})
