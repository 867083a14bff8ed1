import type { LogRange, StoredRecord } from '../event-log.ts'
import { type RunQuery, readRecords } from './partition-store.ts'

const AT_ONCE = { maxRecords: 1_000, maxBytes: 16 * 1024 * 1024 }

/** The kept records of a part, some at a time. */
export async function readPart(
  query: RunQuery,
  { topic, partition, firstOffset, nextOffset }: LogRange,
  handle: (records: readonly StoredRecord[]) => void,
): Promise<void> {
  for (let from = firstOffset; from < nextOffset; ) {
    const maxRecords = Math.min(AT_ONCE.maxRecords, nextOffset - from)
    const found = await readRecords(query, { ...AT_ONCE, topic, partition, from, maxRecords })
    // Of the last chunk more may come than was asked for.
    const records = found.records.filter(({ offset }) => offset < nextOffset)
    const last = records.at(-1)
    if (last) {
      handle(records)
      from = last.offset + 1
    } else if (from + maxRecords < Math.min(nextOffset, found.nextOffset)) {
      // Deleted by retention.
      from += maxRecords
    } else return
  }
}
