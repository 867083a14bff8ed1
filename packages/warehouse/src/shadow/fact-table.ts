import type { Queryable } from '@millrace/kpis/queryable'
import type { DayRange } from '@millrace/kpis/read-totals'
import { quote } from '@millrace/kpis/sql/quote'
import { addDays } from './replay-range.ts'

/** A fact table as it is compared and replaced. */
export interface FactTable {
  readonly name: string
  readonly key: readonly string[]
  /** Stored, not generated. */
  readonly columns: readonly string[]
  /** Those that follow from the events, whatever the order in which they came. */
  readonly compared: readonly string[]
}

/**
 * Every fact table there is, so that a new one is replayed without a word here.
 * Of a session the person is whoever's event came last, and where its long visit began is known only to who saw all of it.
 */
export async function readFactTables(db: Queryable): Promise<readonly FactTable[]> {
  const { rows } = await db.query<{ name: string; key: string[]; columns: string[] }>(
    `select c.relname as name,
       (select array_agg(a.attname::text order by a.attnum) from pg_index i
          join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
        where i.indrelid = c.oid and i.indisprimary) as key,
       (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
     from pg_class c
     where c.relnamespace = 'warehouse'::regnamespace and c.relname ~ '^fact_' and c.relkind in ('r', 'p')
       and not c.relispartition
     order by 1`,
  )
  return rows.map(({ name, key, columns }) => ({
    ...{ name, key, columns },
    compared: columns.filter((column) => !NOT_COMPARED.has(`${name}.${column}`)),
  }))
}

const NOT_COMPARED = new Set(['fact_session.person_id', 'fact_session.split_from'])

/** The rows of a table that belong to some days: what follows `from` in a select, and the day of each row `f`. */
export interface DayRows {
  readonly from: string
  readonly day: string
}

/** A row that has several days belongs to the first of them in the range. */
export function rowsOfDays({ name }: FactTable, window: DayRange, timeZone: string): DayRows {
  const range = { from: addDays(window.from, -(LEAD_DAYS[name] ?? 0)), to: window.to }
  const own = OWN_DAYS[name]?.(timeZone)
  if (!own) {
    const where = within('f.business_date', range)
    return { from: `warehouse.${name} f where ${where}`, day: 'f.business_date' }
  }
  const first = `(select min(day) from unnest(array[${own.days.join(', ')}]) as day where ${within('day', range)})`
  return { from: `${own.from} cross join lateral ${first} as at (day) where ${own.where}`, day: 'at.day' }
}

/** SQL condition: both ends included. */
export function within(day: string, { from, to }: DayRange): string {
  return `${day} >= date ${quote(from)} and ${day} <= date ${quote(to)}`
}

/** SQL condition; days as yyyy-mm-dd. */
export function isOneOf(day: string, days: readonly string[]): string {
  return `${day} = any (array[${days.map(quote).join(', ')}]::date[])`
}

/** Distinct people of a day come from the days before it too: a fault there shows there. */
const LEAD_DAYS: Readonly<Record<string, number>> = { fact_person_day: 29 }

/** Tables whose rows are folded from events of several days. */
const OWN_DAYS: Readonly<
  Record<string, (timeZone: string) => { from: string; days: readonly string[]; where: string }>
> = {
  fact_order: (timeZone) => ({
    from: 'warehouse.fact_order f',
    days: ['f.business_date', 'f.fulfilled_date', localDay('f.placed_at', timeZone)],
    where: 'at.day is not null',
  }),
  fact_box: (timeZone) => ({
    from: 'warehouse.fact_box f',
    days: boxDays('f', timeZone),
    where: 'at.day is not null',
  }),
  // What is neither ordered nor packed says nothing: it is left over from events that came in some order.
  fact_box_item: (timeZone) => ({
    from: 'warehouse.fact_box_item f join warehouse.fact_box box on (box.source, box.box_id) = (f.source, f.box_id)',
    days: boxDays('box', timeZone),
    where: 'at.day is not null and (f.ordered <> 0 or f.packed <> 0)',
  }),
}

function boxDays(box: string, timeZone: string): string[] {
  const steps = ['created_at', 'shipped_at', 'delivered_at', 'skipped_at']
  return [`${box}.packed_date`, ...steps.map((step) => localDay(`${box}.${step}`, timeZone))]
}

/** SQL: the business day of a moment. */
export function localDay(moment: string, timeZone: string): string {
  return `(${moment} at time zone ${quote(timeZone)})::date`
}
