import { isUuid } from '@millrace/contracts/is-uuid'
import type { Pool } from 'pg'
import { readFactIds, readQuarantined } from './reconcile-facts.ts'

/** An event of a loaded record. */
export interface LoadedRecord {
  readonly offset: number
  readonly eventId: string
  /** yyyy-mm-dd */
  readonly businessDate: string
  /** ISO 8601 UTC */
  readonly receivedAt: string
}

/**
 * Which records the facts are not made of: their id counts by another record, on whatever day or partition, or they are
 * in quarantine. One of which the warehouse knows nothing at all counts: its facts were dropped by retention, or lost.
 * `records` are of one partition, in order of offset.
 */
export async function readUncounted(
  pool: Pool,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  records: readonly LoadedRecord[],
): Promise<ReadonlySet<number>> {
  const [from, to] = [records.at(0)?.offset, records.at(-1)?.offset]
  if (from === undefined || to === undefined) return new Set()
  const quarantined = await readQuarantined(pool, { topic, partition, from, to })
  const isRefused = ({ offset, eventId }: LoadedRecord) => quarantined.has(offset) || !isUuid(eventId)
  const doubtful = await readWithoutOwnFact(
    pool,
    records.filter((record) => !isRefused(record)),
  )
  const elsewhere = await readFactIds(
    pool,
    doubtful.map(({ eventId }) => eventId),
  )
  const countElsewhere = doubtful.filter(({ eventId }) => elsewhere.has(eventId))
  return new Set([...records.filter(isRefused), ...countElsewhere].map(({ offset }) => offset))
}

/** Those of which fact_event has no row that came with them: hardly any. Rows are looked up by their key. */
async function readWithoutOwnFact(pool: Pool, records: readonly LoadedRecord[]): Promise<LoadedRecord[]> {
  const { rows } = await pool.query<{ nth: number }>(
    `select nth::int from unnest($1::uuid[], $2::date[], $3::timestamptz[])
       with ordinality as record (event_id, business_date, received_at, nth)
     where not exists (
       select from warehouse.fact_event as fact
       where fact.event_id = record.event_id and fact.business_date = record.business_date
         and fact.received_at = record.received_at)
     order by nth`,
    [
      records.map(({ eventId }) => eventId),
      records.map(({ businessDate }) => businessDate),
      records.map(({ receivedAt }) => receivedAt),
    ],
  )
  return rows.flatMap(({ nth }) => records[nth - 1] ?? [])
}
