import type { Queryable } from '@millrace/kpis/queryable'
import type { DayRange } from '@millrace/kpis/read-totals'
import type { Databases } from './compare-facts.ts'

/** entries, numerator and denominator: exact decimals. */
export type Amounts = readonly [string, string, string]

/** A total that is not the same here and there. A percentile's may differ in its spread alone. */
export interface KpiDifference {
  readonly kpi: string
  /** yyyy-mm-dd */
  readonly date: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly live: Amounts
  readonly replayed: Amounts
}

/** Compares all totals of the window's days, by KPI, day and dimensions, down to a percentile's buckets. */
export async function compareTotals({ live, shadow }: Databases, window: DayRange): Promise<KpiDifference[]> {
  const [here, there] = await Promise.all([readTotals(live, window), readTotals(shadow, window)])
  const names = [...new Set([...here.keys(), ...there.keys()])].sort()
  return names.flatMap((name) => {
    const [kept, replayed] = [here.get(name), there.get(name)]
    const known = kept ?? replayed
    if (!known || kept?.spread === replayed?.spread) return []
    const { kpi, date, dimensions } = known
    return [{ kpi, date, dimensions, live: kept?.amounts ?? NOTHING, replayed: replayed?.amounts ?? NOTHING }]
  })
}

/** KPIs whose definition in force is not the one that the shadow was made with. */
export async function changedDefinitions({ live, shadow }: Databases): Promise<string[]> {
  const [here, there] = await Promise.all([readDefinitions(live), readDefinitions(shadow)])
  const names = new Set([...here.keys(), ...there.keys()])
  return [...names].filter((kpi) => here.get(kpi) !== there.get(kpi)).sort()
}

const NOTHING: Amounts = ['0', '0', '0']

interface Total {
  readonly kpi: string
  readonly date: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly amounts: Amounts
  /** Every bucket's amounts. */
  readonly spread: string
}

async function readTotals(db: Queryable, { from, to }: DayRange): Promise<ReadonlyMap<string, Total>> {
  const { rows } = await db.query<Total & { name: string }>(
    `with bucket as (
       select kpi, business_date, dimensions, bucket, sum(entries) as entries, sum(numerator) as numerator,
         sum(denominator) as denominator
       from warehouse.kpi_total
       where business_date >= $1 and business_date <= $2
       group by kpi, business_date, dimensions, bucket
       having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
     )
     select kpi || ' ' || business_date || ' ' || dimensions as name, kpi, business_date::text as date, dimensions,
       array[sum(entries), sum(numerator), sum(denominator)]::text[] as amounts,
       string_agg(bucket || ':' || trim_scale(entries) || '/' || trim_scale(numerator) || '/' || trim_scale(denominator),
         ' ' order by bucket) as spread
     from bucket group by kpi, business_date, dimensions`,
    [from, to],
  )
  return new Map(rows.map(({ name, ...total }) => [name, total]))
}

async function readDefinitions(db: Queryable): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ kpi: string; hash: string }>(
    'select kpi, hash from pipeline.kpi_definition where filled_at is not null',
  )
  return new Map(rows.map(({ kpi, hash }) => [kpi, hash]))
}
