import { redactText, UUIDS } from '@millrace/contracts/erase-people'
import type { PoolClient } from 'pg'
import { addTouched, type SharedFact, touchedBy } from './person-facts.ts'

interface Mentioning {
  readonly eventId: string
  readonly businessDate: string
  readonly properties: string
  readonly context: string
  readonly touched: readonly SharedFact[] | null
}

/** A uuid anywhere in a text, as Postgres finds it. */

/**
 * Takes the persons out of the events of others: what these did on a device of theirs is no longer the device's, and a
 * mention in what they said becomes a mark. Visits move with the device, so both of their visitors are touched.
 */
export async function redactEvents(
  tx: PoolClient,
  people: readonly string[],
): Promise<{ readonly events: number; readonly touched: readonly SharedFact[] }> {
  const { rows } = await tx.query<Mentioning>(
    `select event_id::text as "eventId", business_date::text as "businessDate", properties::text, context::text,
       (select json_agg(json_build_object('kind', kind, 'source', event.source, 'key', key))
        from (select 1) as one ${touchedBy('event', 'null::uuid')}
        where event.anonymous_id = any ($1::uuid[]) and event.excluded_reason is null and kind = 'visit'
          and key is not null) as touched
     from warehouse.fact_event event
     where anonymous_id = any ($1::uuid[]) or exists (
       select from regexp_matches(properties::text || context::text, '${UUIDS.source}', 'g') as mention
       where mention[1] = any ($2::text[]))`,
    [people, people],
  )
  const erased = new Set(people)
  await tx.query(
    `update warehouse.fact_event event set properties = given.properties, context = given.context,
       anonymous_id = case when event.anonymous_id = any ($2::uuid[]) then null else event.anonymous_id end
     from jsonb_to_recordset($1) as given ("eventId" uuid, "businessDate" date, properties jsonb, context jsonb)
     where event.event_id = given."eventId" and event.business_date = given."businessDate"`,
    [JSON.stringify(rows.map((row) => redacted(row, erased))), people],
  )
  return { events: rows.length, touched: addTouched(...rows.map(({ touched }) => touched ?? [])) }
}

function redacted({ eventId, businessDate, properties, context }: Mentioning, erased: ReadonlySet<string>) {
  const left = (text: string): unknown => JSON.parse(redactText(text, (uuid) => erased.has(uuid)))
  return { eventId, businessDate, properties: left(properties), context: left(context) }
}
