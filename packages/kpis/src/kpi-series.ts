import { Fault } from '@millrace/contracts/fault'
import { evaluate, type KpiValue } from './evaluate.ts'
import { type Kpi, storedKpis } from './kpi.ts'
import type { Queryable } from './queryable.ts'
import { type DayRange, readTotals, type TotalRow } from './read-totals.ts'
import { contributions } from './sql/contributions.ts'

/** A value of one day. */
export interface KpiPoint extends KpiValue {
  /** yyyy-mm-dd */
  readonly date: string
}

export interface SeriesOptions extends DayRange {
  /** Columns to break the KPI down by, in place of its own dimensions; answered from the facts. */
  readonly by?: readonly string[]
}

/** A KPI day by day, an entry a day and set of dimensions that has data, in order; no day after today. */
export async function kpiSeries(
  db: Queryable,
  kpi: Kpi,
  { from, to, by }: SeriesOptions,
): Promise<KpiPoint[]> {
  const range = { from, to: await notAfterToday(db, to) }
  const rows = by
    ? await readFacts(db, kpi, range, by)
    : await readTotals(db, storedKpis(kpi).map(nameOf), range)
  return [...byDate(rows)].flatMap(([date, totals]) =>
    evaluate(kpi, totals).map((value) => ({ date, ...value })),
  )
}

async function notAfterToday(db: Queryable, to: string): Promise<string> {
  const { rows } = await db.query<{ last: string }>(
    'select least($1::date, warehouse.business_today())::text as last',
    [to],
  )
  return rows[0]?.last ?? to
}

function nameOf({ name }: { readonly name: string }): string {
  return name
}

async function readFacts(
  db: Queryable,
  kpi: Kpi,
  { from, to }: DayRange,
  by: readonly string[],
): Promise<TotalRow[]> {
  const labels = breakdownLabels(kpi, by)
  const selects = storedKpis(kpi).map((stored) =>
    contributions(stored, { relation: `warehouse.${stored.from}`, labels }),
  )
  const { rows } = await db.query<TotalRow>(
    `select kpi, business_date::text as date, dimensions, bucket, sum(entries)::double precision as entries,
       sum(numerator)::text as numerator, sum(denominator)::text as denominator
     from (${selects.join('\nunion all\n')}) as facts
     where business_date >= $1 and business_date <= $2
     group by kpi, business_date, dimensions, bucket
     order by business_date, dimensions, bucket`,
    [from, to],
  )
  return rows
}

/** Money needs its currency beside every other dimension: amounts of two currencies are never added up. */
function breakdownLabels(kpi: Kpi, by: readonly string[]): Record<string, string> {
  const stored = storedKpis(kpi)
  const labels: Record<string, string> = kpi.unit === 'money' ? { currency: 'currency' } : {}
  for (const name of by) {
    const column = stored[0]?.dimensions[name]?.column ?? name
    const known = stored.every(
      ({ dimensions, breakdowns }) => dimensions[name] !== undefined || breakdowns.includes(name),
    )
    if (!known) throw new Fault('config_invalid', `${kpi.name} has no dimension ${name}: ${choices(kpi)}`)
    labels[name] = column
  }
  return labels
}

function choices(kpi: Kpi): string {
  const [first, ...others] = storedKpis(kpi).map(({ dimensions, breakdowns }) => [
    ...Object.keys(dimensions),
    ...breakdowns,
  ])
  const common = (first ?? []).filter((name) => others.every((names) => names.includes(name)))
  return common.length > 0 ? `expected one of ${common.join(', ')}` : 'it cannot be broken down'
}

function byDate(rows: readonly TotalRow[]): Map<string, TotalRow[]> {
  const days = new Map<string, TotalRow[]>()
  for (const row of [...rows].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))) {
    const day = days.get(row.date)
    if (day) day.push(row)
    else days.set(row.date, [row])
  }
  return days
}
