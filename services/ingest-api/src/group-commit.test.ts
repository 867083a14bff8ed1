import { Fault } from '@millrace/contracts/fault'
import type { TopicRecords } from '@millrace/event-log/event-log'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createGroupCommit, type GroupCommit } from './group-commit.ts'

const NOW = new Date('2026-11-21T12:00:00.000Z')

/** A store whose work waits until the test lets it go. */
function createSlowLog() {
  const under: {
    batches: readonly TopicRecords[]
    receivedAt: Date
    succeed: () => void
    fail: (error: Error) => void
  }[] = []
  return {
    under,
    store: (batches: readonly TopicRecords[], receivedAt: Date) =>
      new Promise<void>((resolve, reject) =>
        under.push({ batches, receivedAt, succeed: resolve, fail: reject }),
      ),
  }
}

function commitOf(
  batches: readonly TopicRecords[],
  bytes: number,
  secondsAgo = 0,
): Parameters<GroupCommit['publish']>[0] {
  return { batches, bytes, receivedAt: new Date(NOW.getTime() - secondsAgo * 1000) }
}

function records(...values: string[]): readonly TopicRecords[] {
  return [{ topic: 'events.v1', records: values.map((value) => ({ key: value, value })) }]
}

function valuesOf(batches: readonly TopicRecords[] | undefined): readonly string[] {
  return (batches ?? []).flatMap(({ records: all }) => all.map(({ value }) => value))
}

const LIMITS = { maxGroupBytes: 1000, maxHeldBytes: 2000, maxWaitMs: 5000 }

describe('group commit', () => {
  test('hands a request to an idle log at once', () => {
    const log = createSlowLog()
    void createGroupCommit({ ...log, ...LIMITS }).publish(commitOf(records('a'), 1))
    expect(log.under).toHaveLength(1)
  })

  test('joins what arrives during a publish into the next one, by topic', async () => {
    const log = createSlowLog()
    const commit = createGroupCommit({ ...log, ...LIMITS })
    const first = commit.publish(commitOf(records('a'), 1))
    const others = [
      commit.publish(commitOf(records('b', 'c'), 2)),
      commit.publish(
        commitOf([...records('d'), { topic: 'quarantine.v1', records: [{ key: 'q', value: 'q' }] }], 2, 3),
      ),
    ]
    log.under[0]?.succeed()
    await first
    await expect.poll(() => log.under.length).toBe(2)
    expect(log.under[1]?.batches).toEqual([
      ...records('b', 'c', 'd'),
      { topic: 'quarantine.v1', records: [{ key: 'q', value: 'q' }] },
    ])
    expect(log.under[1]?.receivedAt).toEqual(new Date('2026-11-21T11:59:57.000Z'))
    log.under[1]?.succeed()
    await Promise.all(others)
  })

  test('waits a moment for company where it is told to', async () => {
    const log = createSlowLog()
    const commit = createGroupCommit({ ...log, ...LIMITS, lingerMs: 20 })
    void commit.publish(commitOf(records('a'), 1))
    expect(log.under).toHaveLength(0)
    void commit.publish(commitOf(records('b'), 1))
    await expect.poll(() => valuesOf(log.under[0]?.batches)).toEqual(['a', 'b'])
  })

  test('a full group waits for nobody', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const log = createSlowLog()
    const commit = createGroupCommit({ ...log, ...LIMITS, maxGroupBytes: 2, lingerMs: 20 })
    for (const value of ['a', 'b', 'c']) void commit.publish(commitOf(records(value), 2))
    await vi.advanceTimersByTimeAsync(20)
    log.under[0]?.succeed()
    await vi.advanceTimersByTimeAsync(0)
    expect(log.under.map(({ batches }) => valuesOf(batches))).toEqual([['a'], ['b']])
    log.under[1]?.succeed()
    await vi.advanceTimersByTimeAsync(0)
    expect(log.under).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(20)
    expect(valuesOf(log.under[2]?.batches)).toEqual(['c'])
  })

  test('keeps a group within its size, and sends a larger request alone', async () => {
    const log = createSlowLog()
    const commit = createGroupCommit({ ...log, ...LIMITS, maxGroupBytes: 10 })
    for (const [value, bytes] of [
      ['a', 1],
      ['large', 50],
      ['b', 6],
      ['c', 4],
      ['d', 1],
    ] as const) {
      void commit.publish(commitOf(records(value), bytes))
    }
    for (const expected of [['a'], ['large'], ['b', 'c'], ['d']]) {
      await expect.poll(() => valuesOf(log.under.at(-1)?.batches)).toEqual(expected)
      log.under.at(-1)?.succeed()
    }
  })

  test('tells every request of a group when the log is away', async () => {
    const log = createSlowLog()
    const commit = createGroupCommit({ ...log, ...LIMITS })
    void commit.publish(commitOf(records('a'), 1))
    const both = [commit.publish(commitOf(records('b'), 1)), commit.publish(commitOf(records('c'), 1))]
    log.under[0]?.succeed()
    await expect.poll(() => log.under.length).toBe(2)
    log.under[1]?.fail(new Fault('log_unavailable', 'away'))
    const results = await Promise.allSettled(both)
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(log.under).toHaveLength(2)
  })

  test('does not let the others wait out the timeout of a log that is away', async () => {
    const log = createSlowLog()
    const commit = createGroupCommit({ ...log, ...LIMITS, maxGroupBytes: 1 })
    const all = Promise.allSettled(
      ['a', 'b', 'c'].map((value) => commit.publish(commitOf(records(value), 1))),
    )
    log.under[0]?.fail(new Fault('log_unavailable', 'away'))
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(log.under).toHaveLength(1)
    const later = commit.publish(commitOf(records('d'), 2000))
    log.under[1]?.succeed()
    await later
  })

  test('refuses who waited too long for a slow log', async () => {
    const log = createSlowLog()
    const commit = createGroupCommit({ ...log, ...LIMITS, maxWaitMs: 20 })
    const first = commit.publish(commitOf(records('a'), 1))
    const late = commit.publish(commitOf(records('b'), 1))
    await new Promise((resolve) => setTimeout(resolve, 40))
    log.under[0]?.succeed()
    await first
    await expect(late).rejects.toMatchObject({ code: 'log_unavailable' })
  })

  test('does not let the records of one request spoil those of another', async () => {
    const seen: string[] = []
    const log = {
      store: async (batches: readonly TopicRecords[]) => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        const values = valuesOf(batches)
        if (values.includes('bad')) throw new Error('cannot be stored')
        seen.push(...values)
      },
    }
    const commit = createGroupCommit({ ...log, ...LIMITS })
    const results = await Promise.allSettled(
      ['a', 'b', 'bad', 'c'].map((value) => commit.publish(commitOf(records(value), 1))),
    )
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  test('refuses what would be too much to hold, until what it holds is stored', async () => {
    const log = createSlowLog()
    const commit = createGroupCommit({ ...log, ...LIMITS, maxGroupBytes: 10, maxHeldBytes: 20 })
    const first = commit.publish(commitOf(records('a'), 15))
    await expect(commit.publish(commitOf(records('b'), 6))).rejects.toMatchObject({ code: 'log_unavailable' })
    const second = commit.publish(commitOf(records('c'), 5))
    expect(commit.isFull()).toBe(true)
    log.under[0]?.succeed()
    await first
    await expect.poll(() => commit.isFull()).toBe(false)
    log.under[1]?.succeed()
    await second
  })
})
