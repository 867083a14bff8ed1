import type { StoredKpi } from './define-kpi.ts'
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

/** Recomputes every total of a KPI from the facts, in one snapshot, and returns those that differ. */
export async function verifyKpi(db: Queryable, kpi: StoredKpi): Promise<Difference[]> {
  const { rows } = await db.query<Difference & Record<string, unknown>>(
    `with expected as (
       select business_date, hour, dimensions, bucket, sum(entries) as entries, sum(numerator) as numerator,
         sum(denominator) as denominator
       from (${contributions(kpi, { relation: `warehouse.${kpi.from}` })}) as facts
       group by business_date, hour, dimensions, bucket
     ), kept as (
       select business_date, hour, dimensions, bucket, sum(entries) as entries, sum(numerator) as numerator,
         sum(denominator) as denominator
       from warehouse.kpi_total where kpi = ${quote(kpi.name)}
       group by business_date, hour, dimensions, bucket
     ), compared as (
       select business_date, hour, dimensions, bucket,
         array[coalesce(k.entries, 0), coalesce(k.numerator, 0), coalesce(k.denominator, 0)] as kept,
         array[coalesce(e.entries, 0), coalesce(e.numerator, 0), coalesce(e.denominator, 0)] as expected
       from expected e full join kept k using (business_date, hour, dimensions, bucket)
     )
     select ${quote(kpi.name)} as kpi, business_date::text as date, hour::text as hour, dimensions, bucket,
       kept::text[] as kept, expected::text[] as expected
     from compared where kept <> expected
     order by business_date, hour, dimensions, bucket`,
  )
  return rows
}
