import { expect, test } from 'vitest'
import { partitionOf } from '../partition-of.ts'
import { planBatches, planRounds } from './plan-sends.ts'

const facts = {
  partitions: 4,
  leaders: new Map([
    [0, 1],
    [1, 2],
    [2, 1],
    [3, 2],
  ]),
  maxMessageBytes: 10_000,
}
const records = Array.from({ length: 200 }, (_, n) => ({ key: `k${n % 20}`, value: `${n}`.padEnd(500, 'x') }))

test('each record is in one batch, of its partition, in order, and no batch is larger than the topic takes', () => {
  const batches = planBatches({ topic: 't', records }, facts)
  expect(Math.max(...batches.map(({ bytes }) => bytes))).toBeLessThanOrEqual(facts.maxMessageBytes)
  expect(batches.length).toBeLessThan(20)
  for (let partition = 0; partition < 4; partition++) {
    const ours = batches.filter((batch) => batch.partition === partition).flatMap(({ messages }) => messages)
    const expected = records.filter(({ key }) => partitionOf(key, 4) === partition)
    expect(ours.map(({ value }) => value.toString())).toEqual(expected.map(({ value }) => value))
  }
})

test('a round has one batch a partition at most, those of a broker together', () => {
  const batches = planBatches({ topic: 't', records }, facts)
  const rounds = planRounds(batches)
  expect(rounds.flat(2)).toHaveLength(batches.length)
  for (const round of rounds) {
    const partitions = round.flat().map(({ partition }) => partition)
    expect(new Set(partitions).size).toBe(partitions.length)
    for (const ofBroker of round) expect(new Set(ofBroker.map(({ leader }) => leader)).size).toBe(1)
    expect(round.length).toBeLessThanOrEqual(2)
  }
})

test('a record that its topic cannot take is refused with both sizes', () => {
  const large = { key: 'k', value: 'x'.repeat(11_000), headers: { a: 'b' } }
  expect(() => planBatches({ topic: 't', records: [large] }, facts)).toThrow(
    /A record of 110\d\d bytes is more than topic t takes: its max.message.bytes is 10000/,
  )
})
