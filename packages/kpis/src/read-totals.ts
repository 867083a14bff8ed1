import type { Queryable } from './queryable.ts'

/** Totals summed over shards, of one KPI, day, dimensions and bucket. Amounts are exact decimals. */
export interface TotalRow {
  readonly kpi: string
  /** yyyy-mm-dd */
  readonly date: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly bucket: number
  readonly entries: number
  readonly numerator: string
  readonly denominator: string
}

export interface DayRange {
  /** yyyy-mm-dd, inclusive. */
  readonly from: string
  readonly to: string
}

/** The stored totals of some KPIs by day. Costs the same whatever the number of facts behind them. */
export async function readTotals(
  db: Queryable,
  kpis: readonly string[],
  range: DayRange,
): Promise<TotalRow[]> {
  const { rows } = await db.query<TotalRow>(
    `select kpi, business_date::text as date, dimensions, bucket, sum(entries)::double precision as entries,
       sum(numerator)::text as numerator, sum(denominator)::text as denominator
     from warehouse.kpi_total
     where kpi = any ($1) and business_date >= $2 and business_date <= $3
     group by kpi, business_date, dimensions, bucket
     having sum(entries) <> 0
     order by kpi, business_date, dimensions, bucket`,
    [kpis, range.from, range.to],
  )
  return rows
}

/** The same, of the hours that begin after `since`, all in one: for rolling windows. `date` is the last day in it. */
export async function readTotalsSince(
  db: Queryable,
  kpis: readonly string[],
  since: Date,
  until: Date,
): Promise<TotalRow[]> {
  const { rows } = await db.query<TotalRow>(
    `select kpi, max(business_date)::text as date, dimensions, bucket, sum(entries)::double precision as entries,
       sum(numerator)::text as numerator, sum(denominator)::text as denominator
     from warehouse.kpi_total
     where kpi = any ($1) and hour > $2 and hour <= $3
       and business_date >= ($2::timestamptz - interval '1 day')::date
     group by kpi, dimensions, bucket
     having sum(entries) <> 0`,
    [kpis, since, until],
  )
  return rows
}
