import { type ColumnType, type FactTable, factColumns } from '@millrace/contracts/fact-columns'
import type { Measure, Part, StoredKpi } from '../kpi.ts'
import { quote } from './quote.ts'

export interface ContributionOptions {
  /** Where the rows are read from: the fact table, or a trigger's transition table. */
  readonly relation: string
  /** −1 takes the rows' contribution away again. */
  readonly sign?: 1 | -1
  /** Label to column; the KPI's own dimensions when absent. */
  readonly labels?: Readonly<Record<string, string>>
}

/**
 * A select of what rows of a fact table add to a KPI's totals: kpi, business_date, hour, dimensions, bucket, entries,
 * numerator, denominator. The one place that says what a KPI counts: triggers, fill, verify and break-downs all use it.
 */
export function contributions(
  kpi: StoredKpi,
  { relation, sign = 1, labels = ownLabels(kpi) }: ContributionOptions,
): string {
  if (kpi.measure.kind === 'distinct_people') return distinctPeople(kpi, kpi.measure.days, relation)
  const columns = Object.entries(labels).map(([label, column]) => ({
    label,
    value: `coalesce(${column}, 'unknown')`,
  }))
  const { bucket, numerator, denominator } = amounts(kpi.measure, kpi)
  const groups = [kpi.day, hourOf(kpi), ...columns.map(({ value }) => value), ...(bucket ? [bucket] : [])]
  const minus = sign === -1 ? '-' : ''
  return `select ${quote(kpi.name)} as kpi, ${kpi.day} as business_date, ${hourOf(kpi)} as hour,
  ${dimensionObject(columns)} as dimensions, ${bucket ?? '0'} as bucket,
  ${minus}count(*) as entries, ${minus}${numerator} as numerator, ${minus}${denominator} as denominator
from ${relation}
where ${conditions(kpi).join(' and ')}
group by ${groups.join(', ')}`
}

/** A row that has no day yet (an order that is not completed, say) counts when it has one. */
function conditions(kpi: StoredKpi): string[] {
  return [
    ...(kpi.where ? [`(${kpi.where})`] : []),
    `${kpi.day} is not null`,
    ...(kpi.at ? [`${kpi.at} is not null`] : []),
  ]
}

function ownLabels(kpi: StoredKpi): Record<string, string> {
  return Object.fromEntries(Object.entries(kpi.dimensions).map(([label, { column }]) => [label, column]))
}

/**
 * Hours in UTC, so that they do not depend on the session; a row of a whole day stands at the day's first hour. date_bin
 * has no time zone to look up: 0.02 µs instead of 0.4 µs a row.
 */
function hourOf(kpi: StoredKpi): string {
  return kpi.at ? `date_bin('1 hour', ${kpi.at}, '2000-01-01 00:00Z')` : wholeDay(kpi.day)
}

function wholeDay(day: string): string {
  return `(${day}::timestamp at time zone 'UTC')`
}

function dimensionObject(columns: readonly { label: string; value: string }[]): string {
  if (columns.length === 0) return `'{}'::jsonb`
  return `jsonb_build_object(${columns.map(({ label, value }) => `${quote(label)}, ${value}`).join(', ')})`
}

interface Amounts {
  readonly bucket?: string
  readonly numerator: string
  readonly denominator: string
}

function amounts(measure: Exclude<Measure, { kind: 'distinct_people' }>, { from, at }: StoredKpi): Amounts {
  switch (measure.kind) {
    case 'count':
      return { numerator: '0::numeric', denominator: '0::numeric' }
    case 'sum':
      return { numerator: part({ kind: 'sum', column: measure.column }, from), denominator: '0::numeric' }
    case 'ratio':
      return { numerator: part(measure.numerator, from), denominator: part(measure.denominator, from) }
    case 'percentile':
      return {
        bucket: `warehouse.percentile_bucket(${measure.column})`,
        numerator: '0::numeric',
        denominator: '0::numeric',
      }
    case 'last':
      return {
        bucket: secondOf(at),
        numerator: part({ kind: 'sum', column: measure.column }, from),
        denominator: `count(${measure.column})::numeric`,
      }
  }
}

/** Seconds since 2000, in UTC: an int until 2068. The greatest bucket of some days is the latest. */
function secondOf(at: string | undefined): string {
  return `(floor(extract(epoch from ${at})) - 946684800)::int`
}

/** Sums are exact in any order of arrival: numbers with a binary fraction become decimal ones before they are added. */
function part(of: Part, from: FactTable): string {
  if (of.kind === 'sum') {
    const columns: Readonly<Record<string, ColumnType>> = factColumns[from]
    const isFraction = columns[of.column] === 'double precision'
    return `coalesce(sum(${of.column}${isFraction ? '::numeric' : ''}), 0)::numeric`
  }
  const rows = of.where ? `count(*) filter (where ${of.where})` : 'count(*)'
  if (of.less) return `(${rows} - count(*) filter (where ${of.less}))::numeric`
  return of.where ? `(${rows})::numeric` : `${rows}::numeric`
}

/** Counted from scratch; the trigger on fact_person_day keeps the same number in small steps (person-day-changes.ts). */
function distinctPeople(kpi: StoredKpi, days: number, relation: string): string {
  return `select ${quote(kpi.name)} as kpi, business_date, ${wholeDay('business_date')} as hour,
  '{}'::jsonb as dimensions, 0 as bucket, count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
from (
  select distinct person_id, business_date + step as business_date
  from ${relation}, generate_series(0, ${days - 1}) as step
) as counted
group by business_date`
}
