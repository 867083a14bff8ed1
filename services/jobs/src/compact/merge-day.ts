import type { Archive } from '@millrace/archive/archive'
import { appendParquet } from '@millrace/archive/parquet/append-parquet'
import type { ParquetRow } from '@millrace/archive/parquet/parquet-columns'
import { keyValueOf, openParquet } from '@millrace/archive/parquet/parquet-file'
import { type ParquetDay, parquetKey } from '@millrace/archive/parquet/parquet-key'
import { Fault } from '@millrace/contracts/fault'
import { EVENT_COLUMNS } from './event-columns.ts'

/** In the footer: the file holds each event of its day and partition before this offset. */
const REACHES = 'millrace.next_offset'
const TRIES = 5

/**
 * Adds events to the file of their day, which is replaced as a whole. What the file reached before is not added again,
 * so that a run that comes again after a crash, or beside another one, changes nothing. Returns how many events are new.
 */
export async function mergeDay(
  archive: Archive,
  day: ParquetDay,
  rows: readonly ParquetRow[],
  nextOffset: number,
): Promise<number> {
  const key = parquetKey(day)
  for (let tries = 0; tries < TRIES; tries++) {
    const object = await archive.get(key)
    const reached = object ? Number(keyValueOf(openParquet(object.body), REACHES) ?? 0) : 0
    const appended = await appendParquet(object?.body, {
      columns: EVENT_COLUMNS,
      unique: 'event_id',
      rows: rows.filter(({ log_offset: offset }) => Number(offset) >= reached),
      keyValues: { [REACHES]: `${Math.max(reached, nextOffset)}`, 'millrace.topic': day.topic },
    })
    if (!appended) return 0
    const { body, added } = appended
    const metadata = { rows: `${appended.rows}` }
    const done = object
      ? (await archive.replaceIfUnchanged(key, object.etag, body, metadata)) === 'replaced'
      : (await archive.putIfAbsent(key, body, metadata)) === 'created'
    if (done) return added
  }
  throw new Fault('archive_unavailable', `Could not replace ${key}: others kept changing it`)
}
