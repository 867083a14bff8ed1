import type { PoolClient } from 'pg'
import type { DeadRecord, FactRecord } from './fact-batch.ts'

export interface Claimed {
  /** First of their id: to be loaded. */
  readonly fresh: readonly FactRecord[]
  readonly duplicates: number
  /** Same id, other content. */
  readonly conflicts: readonly DeadRecord[]
}

/**
 * Claims the events' ids. An id that was claimed before, or earlier in this batch, is a repeated event when its content
 * is the same, else a conflict. Ids in order, so that two loaders never wait for each other in a circle.
 */
export async function claimEvents(tx: PoolClient, records: readonly FactRecord[]): Promise<Claimed> {
  const first = firstOfEachId(records)
  const earlierIds = await claim(tx, [...first.values()])
  if (earlierIds.length === 0 && first.size === records.length)
    return { fresh: records, duplicates: 0, conflicts: [] }

  const known = new Set(earlierIds)
  // One that retention has deleted since the claim has none: taken for the same.
  const earlier = await hashesOf(tx, earlierIds)
  const fresh: FactRecord[] = []
  const conflicts: DeadRecord[] = []
  for (const record of records) {
    const { eventId } = record.facts.event
    const firstRecord = first.get(eventId)
    if (!known.has(eventId) && firstRecord === record) fresh.push(record)
    else if (record.contentHash !== (earlier.get(eventId) ?? firstRecord?.contentHash))
      conflicts.push(conflict(record))
  }
  return { fresh, duplicates: records.length - fresh.length - conflicts.length, conflicts }
}

/** Claims the ids of events that are not loaded, so that the same event sent again later is a repeated one. */
export async function claimErased(tx: PoolClient, records: readonly FactRecord[]): Promise<void> {
  if (records.length > 0) await claim(tx, [...firstOfEachId(records).values()])
}

function firstOfEachId(records: readonly FactRecord[]): Map<string, FactRecord> {
  const first = new Map<string, FactRecord>()
  for (const record of records) {
    const { eventId } = record.facts.event
    if (!first.has(eventId)) first.set(eventId, record)
  }
  return first
}

/** Returns those that were claimed before: seldom any, so that hardly anything comes back. */
async function claim(tx: PoolClient, records: readonly FactRecord[]): Promise<string[]> {
  const { rows } = await tx.query<{ event_id: string }>(
    `with event as (
       select * from unnest($1::uuid[], $2::text[]) as event (event_id, content_hash)
     ), claimed as (
       insert into pipeline.event_seen (event_id, content_hash)
       select event_id, ('x' || content_hash)::bit(64)::bigint from event order by event_id
       on conflict (event_id) do nothing
       returning event_id
     )
     select event_id from event where event_id not in (select event_id from claimed)`,
    [records.map(({ facts }) => facts.event.eventId), records.map(({ contentHash }) => contentHash)],
  )
  return rows.map(({ event_id }) => event_id)
}

async function hashesOf(tx: PoolClient, eventIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await tx.query<{ event_id: string; hash: string }>(
    `select event_id, lpad(to_hex(content_hash), 16, '0') as hash from pipeline.event_seen where event_id = any ($1)`,
    [eventIds],
  )
  return new Map(rows.map(({ event_id, hash }) => [event_id, hash]))
}

function conflict({ offset, value }: FactRecord): DeadRecord {
  return {
    offset,
    value,
    code: 'id_conflict',
    path: 'messageId',
    detail: 'this messageId was used before for an event with other content; the first one counts',
  }
}
