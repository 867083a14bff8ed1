import { expect, test } from 'vitest'
import { parseRawKey, rawKey } from './raw-key.ts'

const name = { topic: 'events.v1', partition: 3, firstOffset: 1234, receivedHour: '2026-11-21T12' }

test('a key tells hour, topic, partition and first offset, and is read back', () => {
  const key = 'raw/events.v1/received_hour=2026-11-21T12/p0003-0000000000000001234.ndjson.gz'
  expect(rawKey(name)).toBe(key)
  expect(parseRawKey(key)).toEqual(name)
})

test('keys of one hour and partition sort by offset', () => {
  const offsets = [5, 40, 300, 9_007_199_254_740_991]
  const keys = offsets.map((firstOffset) => rawKey({ ...name, firstOffset }))
  expect([...keys].sort()).toEqual(keys)
})

test.each([
  'raw/events.v1/x',
  'resume/events.v1/p0003',
  'raw/a/b/received_hour=2026-11-21T12/p0003-1.ndjson.gz',
])('%s is no raw object', (key) => {
  expect(parseRawKey(key)).toBeUndefined()
})
