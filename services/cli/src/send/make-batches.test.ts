import { expect, test } from 'vitest'
import { type EncodedEvent, MAX_BATCH_BYTES, makeBatches } from './make-batches.ts'

async function* eventsOf(sizes: readonly number[]): AsyncGenerator<EncodedEvent> {
  for (const [index, size] of sizes.entries()) yield { messageId: `m${index}`, json: 'é'.repeat(size / 2) }
}

async function idsOfBatches(sizes: readonly number[], batchSize: number): Promise<string[][]> {
  const batches: string[][] = []
  for await (const { events } of makeBatches(eventsOf(sizes), batchSize)) {
    batches.push(events.map(({ messageId }) => messageId))
  }
  return batches
}

test('events keep their order and the last batch holds the rest', async () => {
  expect(await idsOfBatches([2, 2, 2, 2, 2], 2)).toEqual([['m0', 'm1'], ['m2', 'm3'], ['m4']])
})

test('a batch ends early, by bytes rather than characters, before its body outgrows what the API takes', async () => {
  expect(await idsOfBatches([400_000, 400_000, 400_000, 100], 500)).toEqual([
    ['m0', 'm1'],
    ['m2', 'm3'],
  ])
})

test('an event that fits into no body stands alone', async () => {
  expect(await idsOfBatches([2, MAX_BATCH_BYTES + 2, 2], 500)).toEqual([['m0'], ['m1'], ['m2']])
})

test('no events are no batch', async () => {
  expect(await idsOfBatches([], 500)).toEqual([])
})
