import type { KafkaMessage } from 'kafkajs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LogBatch } from '../event-log.ts'
import type { CommitPlace } from './create-committer.ts'
import { type GroupLink, type HeldPartitions, holdPartitions } from './hold-partitions.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const message = (offset: number): KafkaMessage => ({
  key: null,
  value: Buffer.from('v'),
  offset: `${offset}`,
  timestamp: '0',
  attributes: 0,
  headers: {},
})

/** A member of a group that reads topic t, of which partition 0 holds ten records. */
function hold(handle: (batch: LogBatch) => Promise<void>): {
  partitions: HeldPartitions
  link: GroupLink
  commits: CommitPlace[]
} {
  const commits: CommitPlace[] = []
  return {
    commits,
    link: {
      async commit(places) {
        commits.push(...places)
      },
      seek: () => undefined,
      setFlow: () => undefined,
    },
    partitions: holdPartitions({
      consume: { topics: ['t'], group: 'g', handle },
      readPlaces: async () => new Map([[0, { partition: 0, firstOffset: 0, nextOffset: 10, committed: 0 }]]),
      askEnd: () => undefined,
      onStuck: () => undefined,
      onError: () => undefined,
    }),
  }
}

const takesSeconds = (seconds: number) => () =>
  new Promise<void>((resolve) => setTimeout(resolve, seconds * 1_000))

test('a close waits for a slow handler, and what that handled is committed', async () => {
  const { partitions, link, commits } = hold(takesSeconds(8))
  await partitions.joined({ t: [0] }, link)
  partitions.add('t', 0, 0, [message(0), message(1)])
  await vi.advanceTimersByTimeAsync(1_000)
  const closed = partitions.close()
  await vi.advanceTimersByTimeAsync(8_000)
  await closed
  expect(commits).toEqual([{ topic: 't', partition: 0, nextOffset: 2 }])
})

test('a close gives up a batch that cannot be committed', async () => {
  const { partitions, link } = hold(takesSeconds(8))
  const commit = vi.fn(() => Promise.reject(new Error('away')))
  await partitions.joined({ t: [0] }, { ...link, commit })
  partitions.add('t', 0, 0, [message(0)])
  await vi.advanceTimersByTimeAsync(1_000)
  const closed = partitions.close()
  await vi.advanceTimersByTimeAsync(14_000)
  await closed
  expect(commit.mock.calls.length).toBeGreaterThan(1)
})

test('what is handled when the partition goes to another member is not committed, also while closing', async () => {
  for (const isClosing of [false, true]) {
    const { partitions, link, commits } = hold(takesSeconds(3))
    await partitions.joined({ t: [0] }, link)
    partitions.add('t', 0, 0, [message(0)])
    await vi.advanceTimersByTimeAsync(1_000)
    const closed = isClosing ? partitions.close() : Promise.resolve()
    await partitions.joined({}, link)
    await vi.advanceTimersByTimeAsync(3_000)
    await closed
    expect(commits).toEqual([])
    await partitions.close()
  }
})

test('what is handled while the group shares out anew is committed when the partition stays', async () => {
  const { partitions, link, commits } = hold(takesSeconds(3))
  await partitions.joined({ t: [0] }, link)
  partitions.add('t', 0, 0, [message(0)])
  await vi.advanceTimersByTimeAsync(1_000)
  const closed = partitions.close()
  await partitions.joined({ t: [0] }, link)
  await vi.advanceTimersByTimeAsync(3_000)
  await closed
  expect(commits).toEqual([{ topic: 't', partition: 0, nextOffset: 1 }])
})

test('a batch ends where an offset is missing', async () => {
  const batches: number[][] = []
  const { partitions, link, commits } = hold(async ({ records }) => {
    batches.push(records.map(({ offset }) => offset))
  })
  await partitions.joined({ t: [0] }, link)
  partitions.add('t', 0, 0, [message(0), message(1), message(3)])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(batches).toEqual([[0, 1], [3]])
  expect(commits.map(({ nextOffset }) => nextOffset)).toEqual([2, 4])
  await partitions.close()
})
