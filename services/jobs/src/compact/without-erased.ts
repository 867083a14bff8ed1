import type { ArchivedRecord } from '@millrace/archive/read-records'
import { eraseFromEvent, UUIDS } from '@millrace/contracts/erase-people'
import { readTombstones, wasErasedSince } from '@millrace/warehouse/erase/read-tombstones'
import { isInstant } from '@millrace/warehouse/is-instant'
import type { Pool } from 'pg'

/** Archived records without erased persons: their lines may not be replaced yet, or were read before they were. */
export async function withoutErased(
  pool: Pool,
  records: readonly ArchivedRecord[],
): Promise<readonly ArchivedRecord[]> {
  if (!(await wasErasedSince(pool, leastReceivedAt(records)))) return records
  const uuids = new Set<string>()
  for (const record of records) for (const uuid of JSON.stringify(record).match(UUIDS) ?? []) uuids.add(uuid)
  const isErased = await readTombstones(pool, [...uuids])
  return records.map((record) => {
    if (record.erased) return record
    const left = eraseFromEvent(record.event, isErased)
    if (left.kind === 'kept') return record
    const { offset } = record
    return left.kind === 'erased' ? { offset, erased: true } : { ...record, event: left.value }
  })
}

/** `-infinity` when one of them does not say it. */
function leastReceivedAt(records: readonly ArchivedRecord[]): string {
  let least = 'infinity'
  for (const record of records) {
    if (record.erased) continue
    const { receivedAt } = Object(record.event) as { receivedAt?: unknown }
    if (typeof receivedAt !== 'string' || !isInstant(receivedAt)) return '-infinity'
    if (receivedAt < least) least = receivedAt
  }
  return least
}
