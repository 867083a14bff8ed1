import type { PoolClient } from 'pg'
import { type SharedFact, touchedBy } from './person-facts.ts'

/** Deletes the persons' events, and tells what else they are folded into. */
export async function deleteEvents(
  tx: PoolClient,
  people: readonly string[],
): Promise<{ readonly events: number; readonly touched: readonly SharedFact[] }> {
  const { rows } = await tx.query<{ events: number; touched: SharedFact[] | null }>(
    `with gone as (
       delete from warehouse.fact_event where person_id = any ($1::uuid[])
       returning source, key_kind, event, person_id, anonymous_id, session_id, excluded_reason, properties
     ), shared as (
       select distinct kind, source, key from gone ${touchedBy('gone')}
       where excluded_reason is null and key is not null
     )
     select (select count(*)::int from gone) as events, (select json_agg(shared) from shared) as touched`,
    [people],
  )
  return { events: rows[0]?.events ?? 0, touched: rows[0]?.touched ?? [] }
}
