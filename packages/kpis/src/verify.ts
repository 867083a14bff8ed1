import type { StoredKpi } from './kpi.ts'
import type { Queryable } from './queryable.ts'
import { contributions } from './sql/contributions.ts'
import { quote } from './sql/quote.ts'

/** A total that is not what its facts add up to. */
export interface Difference {
  readonly kpi: string
  readonly date: string
  readonly hour: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly bucket: number
  /** entries, numerator and denominator, as kept and as recomputed. */
  readonly kept: readonly [string, string, string]
  readonly expected: readonly [string, string, string]
}

export interface VerifyOptions {
  /** yyyy-mm-dd: only this day and later ones; all days whose facts are kept, unless given. */
  readonly from?: string
  /** Nothing differs while `millrace migrate` fills the KPI from the facts, in the snapshot that is compared. */
  readonly onlyFilled?: boolean
}

/**
 * Recomputes the totals of a KPI from the facts, in one snapshot, and returns those that differ. Days whose facts
 * retention has taken away cannot be recomputed and are left out.
 */
export async function verifyKpi(
  db: Queryable,
  kpi: StoredKpi,
  { from, onlyFilled = false }: VerifyOptions = {},
): Promise<Difference[]> {
  const days = `business_date >= (
         select greatest(first_day, ${from === undefined ? 'null' : quote(from)}::date) from pipeline.facts_kept)`
  const { rows } = await db.query<Difference & Record<string, unknown>>(
    `with expected as (
       select business_date, hour, dimensions, bucket, sum(entries) as entries, sum(numerator) as numerator,
         sum(denominator) as denominator
       from (${contributions(kpi, { relation: relationOf(kpi, from) })}) as facts
       where ${days}
       group by business_date, hour, dimensions, bucket
     ), kept as (
       select business_date, hour, dimensions, bucket, sum(entries) as entries, sum(numerator) as numerator,
         sum(denominator) as denominator
       from warehouse.kpi_total where kpi = ${quote(kpi.name)} and ${days}
       group by business_date, hour, dimensions, bucket
     ), compared as (
       select business_date, hour, dimensions, bucket,
         array[coalesce(k.entries, 0), coalesce(k.numerator, 0), coalesce(k.denominator, 0)] as kept,
         array[coalesce(e.entries, 0), coalesce(e.numerator, 0), coalesce(e.denominator, 0)] as expected
       from expected e full join kept k using (business_date, hour, dimensions, bucket)
     )
     select ${quote(kpi.name)} as kpi, business_date::text as date, hour::text as hour, dimensions, bucket,
       kept::text[] as kept, expected::text[] as expected
     from compared where kept <> expected${onlyFilled ? ` and ${isFilled(kpi)}` : ''}
     order by business_date, hour, dimensions, bucket`,
  )
  return rows
}

function isFilled({ name }: StoredKpi): string {
  return `exists (select from pipeline.kpi_definition where kpi = ${quote(name)} and filled_at is not null)`
}

/** Distinct people are counted over so many days: rows before those need not be spread. */
function relationOf({ from: table, measure }: StoredKpi, from: string | undefined): string {
  const relation = `warehouse.${table}`
  if (measure.kind !== 'distinct_people' || from === undefined) return relation
  return `(select * from ${relation} where business_date > ${quote(from)}::date - ${measure.days}) as recent`
}
