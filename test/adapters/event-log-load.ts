import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventLog, LogBatch } from '@millrace/event-log/event-log'
import { expect } from 'vitest'
import { latch, record } from './event-log-suite.ts'

export interface Load {
  /** The caller publishes this value itself, maybe several times. */
  expectToo(value: string): void
  /** Resolves when so many more records were acknowledged. */
  untilAcknowledged(more: number): Promise<void>
  stop(): Promise<{ readonly acknowledged: readonly string[]; readonly tried: ReadonlySet<string> }>
}

export interface LogContent {
  readonly values: readonly string[]
  readonly offsets: readonly (readonly number[])[]
}

/** Publishes of a few records each, one after the other, from three callers; each value is tried once. */
export function startLoad(log: EventLog, topic: string): Load {
  const tried = new Set<string>()
  const acknowledged: string[] = []
  let stopped = false
  let next = 0
  const publishSome = async (): Promise<void> => {
    while (!stopped) {
      const records = Array.from({ length: 10 }, () => {
        next += 1
        return record(`k${next % 50}`, `${next}`)
      })
      for (const { value } of records) tried.add(value)
      try {
        await log.publish([{ topic, records }])
        acknowledged.push(...records.map(({ value }) => value))
        await sleep(5)
      } catch {
        await sleep(50)
      }
    }
  }
  const running = [publishSome(), publishSome(), publishSome()]
  return {
    expectToo: (value) => void tried.add(value),
    async untilAcknowledged(more) {
      const wanted = acknowledged.length + more
      await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(wanted)
    },
    async stop() {
      stopped = true
      await Promise.all(running)
      return { acknowledged, tried }
    },
  }
}

/** What the topic holds: values, and offsets by partition. */
export async function readAll(log: EventLog, topic: string): Promise<LogContent> {
  const ranges = await log.ranges(topic)
  const total = ranges.reduce((sum, { nextOffset }) => sum + nextOffset, 0)
  const batches: LogBatch[] = []
  const done = latch()
  const consumer = await log.consume({
    topics: [topic],
    group: `all.${randomBytes(4).toString('hex')}`,
    async handle(batch) {
      batches.push(batch)
      if (batches.reduce((sum, { records }) => sum + records.length, 0) >= total) done.open()
    },
  })
  await done.opened
  await consumer.close()
  const recordsOf = (partition: number) =>
    batches.filter((batch) => batch.partition === partition).flatMap(({ records }) => records)
  return {
    values: batches.flatMap(({ records }) => records.map(({ value }) => value)),
    offsets: ranges.map(({ partition }) => recordsOf(partition).map(({ offset }) => offset)),
  }
}

export function countEach(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
