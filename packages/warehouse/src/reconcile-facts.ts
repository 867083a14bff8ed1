import { isUuid } from '@millrace/contracts/is-uuid'
import type { Pool } from 'pg'

/** An event that the log holds, as it should be in the warehouse. */
export interface LoggedEvent {
  readonly eventId: string
  readonly contentHash: string
  /** yyyy-mm-dd */
  readonly businessDate: string
}

/** What the warehouse knows of an event id. */
export interface KnownEvent {
  /** The claim in event_seen: none, with this content, or with another one. */
  readonly claim: 'none' | 'same' | 'other'
  /** fact_event has a row of it, on whatever day. */
  readonly hasFact: boolean
}

/** What the warehouse knows of these events, in their order. A malformed id is an unknown one. */
export async function readKnownEvents(pool: Pool, events: readonly LoggedEvent[]): Promise<KnownEvent[]> {
  const { rows } = await pool.query<{ hash: string | null; hasFact: boolean }>(
    `select lpad(to_hex(seen.content_hash), 16, '0') as hash, fact.event_id is not null as "hasFact"
     from unnest($1::uuid[], $2::date[]) with ordinality as event (event_id, business_date, nth)
       left join pipeline.event_seen as seen using (event_id)
       left join warehouse.fact_event as fact using (event_id, business_date)
     order by nth`,
    [
      events.map(({ eventId }) => (isUuid(eventId) ? eventId : null)),
      events.map(({ businessDate }) => businessDate),
    ],
  )
  const elsewhere = await readFactIds(
    pool,
    events.filter((_, index) => rows[index]?.hash && !rows[index]?.hasFact).map(({ eventId }) => eventId),
  )
  return events.map(({ eventId, contentHash }, index) => {
    const { hash = null, hasFact = false } = rows[index] ?? {}
    const claim = hash === null ? 'none' : hash === contentHash ? 'same' : 'other'
    return { claim, hasFact: hasFact || elsewhere.has(eventId) }
  })
}

/** Which of the ids fact_event has, on any day: every month of it is looked into. */
export async function readFactIds(pool: Pool, eventIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (eventIds.length === 0) return new Set()
  const { rows } = await pool.query<{ id: string }>(
    `select distinct event_id as id from warehouse.fact_event where event_id = any ($1::uuid[])`,
    [eventIds],
  )
  return new Set(rows.map(({ id }) => id))
}

/** The offsets of a partition, from the first to the last one, that are in quarantine. */
export async function readQuarantined(
  pool: Pool,
  { topic, partition, from, to }: { topic: string; partition: number; from: number; to: number },
): Promise<ReadonlySet<number>> {
  const { rows } = await pool.query<{ at: number }>(
    `select record_offset::double precision as at from pipeline.quarantine
     where topic = $1 and partition = $2 and record_offset >= $3 and record_offset <= $4`,
    [topic, partition, from, to],
  )
  return new Set(rows.map(({ at }) => at))
}

/** The day, yyyy-mm-dd, before which retention has deleted all facts; undefined while it has deleted none. */
export async function readFactsDeletedBefore(pool: Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ day: string }>(
    'select deleted_before::text as day from pipeline.facts_kept where isfinite(deleted_before)',
  )
  return rows[0]?.day
}

/**
 * Ids are claimed once a loaded event, and each has one row of fact_event; of erased ones the claim is left. Rows of days that are not kept any more are
 * not counted: retention takes their ids first.
 */
export interface WarehouseCounts {
  /** By the ledger. */
  readonly loaded: number
  readonly erased: number
  readonly eventSeen: number
  readonly factEvent: number
}

export async function readWarehouseCounts(pool: Pool): Promise<WarehouseCounts> {
  const { rows } = await pool.query<WarehouseCounts>(
    `select (select coalesce(sum(loaded), 0)::double precision from pipeline.load_ledger) as loaded,
       (select coalesce(sum(erased), 0)::double precision from pipeline.load_ledger) as erased,
       (select count(*)::double precision from pipeline.event_seen) as "eventSeen",
       (select count(*)::double precision from warehouse.fact_event
         where business_date >= (select first_day from pipeline.facts_kept)) as "factEvent"`,
  )
  return rows[0] ?? { loaded: 0, erased: 0, eventSeen: 0, factEvent: 0 }
}
