import type { EventLog, StoredRecord } from '@millrace/event-log/event-log'
import { expect } from 'vitest'

/** What the log holds, read by a consumer of its own. */
export interface LogObserver {
  /** All records of each partition, once everything that the log holds now was read: offsets from 0 without gaps. */
  readAll(topic: string): Promise<readonly (readonly StoredRecord[])[]>
  close(): Promise<void>
}

/** Reads along from the start. */
export async function observeLog(log: EventLog, topics: readonly string[]): Promise<LogObserver> {
  const seen = new Map<string, StoredRecord[]>()
  const recordsOf = (topic: string, partition: number): StoredRecord[] => {
    const name = `${topic}/${partition}`
    const records = seen.get(name) ?? []
    seen.set(name, records)
    return records
  }
  const consumer = await log.consume({
    topics,
    group: 'fault-observer',
    async handle({ topic, partition, records }) {
      const known = recordsOf(topic, partition)
      // A batch may come again after the broker died before it had our position.
      for (const record of records) if (record.offset >= known.length) known.push(record)
    },
  })
  return {
    async readAll(topic) {
      const ranges = await log.ranges(topic)
      await expect
        .poll(() => ranges.map(({ partition }) => recordsOf(topic, partition).length), { timeout: 90_000 })
        .toEqual(ranges.map(({ nextOffset }) => nextOffset))
      return ranges.map(({ partition }) => {
        const records = recordsOf(topic, partition)
        expect(records.every(({ offset }, index) => offset === index)).toBe(true)
        return records
      })
    },
    close: () => consumer.close(),
  }
}
