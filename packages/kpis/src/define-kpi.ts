import type { FactColumn, FactTable } from '@millrace/contracts/fact-columns'
import type { AlertInput, Threshold } from './alert.ts'
import { checkKpi } from './check-kpi.ts'
import { type AnyFilter, type Filter, filterSql } from './filter.ts'
import type { DerivedKpi, Described, Kpi, Measure, Part, StoredKpi } from './kpi.ts'
import { windowsOf } from './windows.ts'

/** Columns are checked against the fact table: a wrong name is a compile error. */
interface StoredKpiInput<T extends FactTable> extends Described {
  readonly from: T
  readonly day?: FactColumn<T, 'date'>
  readonly at?: FactColumn<T, 'timestamptz'>
  /** Rows that count: what columns must be, or SQL on the row's own columns where that does not do. */
  readonly where?: Filter<T> | string
  readonly measure: MeasureOf<T>
  readonly dimensions?: Readonly<
    Record<string, { readonly column: FactColumn<T, 'text'>; readonly values?: readonly string[] }>
  >
  readonly breakdowns?: readonly FactColumn<T, 'text'>[]
  readonly alerts?: readonly AlertInput[]
}

type NumberColumn<T extends FactTable> = FactColumn<T, 'bigint' | 'double precision'>
type PartOf<T extends FactTable> =
  | { kind: 'count'; where?: Filter<T> | string; less?: Filter<T> | string }
  | { kind: 'sum'; column: NumberColumn<T> }
type MeasureOf<T extends FactTable> =
  | { kind: 'count' }
  | { kind: 'sum'; column: NumberColumn<T> }
  | { kind: 'ratio'; numerator: PartOf<T>; denominator: PartOf<T> }
  | (T extends 'fact_person_day' ? { kind: 'distinct_people'; days: 1 | 7 | 30 } : never)
  | { kind: 'percentile'; column: NumberColumn<T>; quantiles: readonly number[] }
  | { kind: 'last'; column: NumberColumn<T> }

interface DerivedKpiInput extends Described {
  readonly minuend: StoredKpi
  readonly subtrahend: StoredKpi
  readonly alerts?: readonly AlertInput[]
}

/**
 * Declares a KPI; its totals, view, gauge, alerts, panel, dataset and documents follow from this alone.
 * @throws Fault `contract_broken` that names the field and says what was expected.
 */
export function defineKpi<T extends FactTable>(input: StoredKpiInput<T>): StoredKpi {
  const { where, measure, alerts = [], ...rest } = input
  const kpi: StoredKpi = {
    ...{ day: 'business_date', dimensions: {}, breakdowns: [], alerts: [] },
    ...rest,
    ...(where === undefined ? {} : { where: filterSql(where, input) }),
    measure: measureOf(measure, input),
  }
  return checkKpi(withAlerts(kpi, alerts))
}

/** Declares a KPI as one stored sum less another. @throws Fault `contract_broken`, as defineKpi does. */
export function defineDifference({ alerts = [], ...rest }: DerivedKpiInput): DerivedKpi {
  return checkKpi(withAlerts({ ...rest, alerts: [] }, alerts))
}

/** The alert holds while the number is less than this. */
export function below(value: number): Threshold {
  return { kind: 'below', value }
}

/** The alert holds while the number is more than this. */
export function above(value: number): Threshold {
  return { kind: 'above', value }
}

type Owner = { readonly name: string; readonly from: FactTable }
type AnyPart = { kind: 'count'; where?: AnyFilter; less?: AnyFilter } | { kind: 'sum'; column: string }

function measureOf<T extends FactTable>(measure: MeasureOf<T>, owner: Owner): Measure {
  if (measure.kind !== 'ratio') return measure
  const { numerator, denominator } = measure
  return { kind: 'ratio', numerator: partOf(numerator, owner), denominator: partOf(denominator, owner) }
}

function partOf(part: AnyPart, owner: Owner): Part {
  if (part.kind === 'sum') return part
  const { where, less } = part
  return {
    kind: 'count',
    ...(where === undefined ? {} : { where: filterSql(where, owner) }),
    ...(less === undefined ? {} : { less: filterSql(less, owner) }),
  }
}

function withAlerts<K extends Kpi>(kpi: K, alerts: readonly AlertInput[]): K {
  const window = windowsOf(kpi).includes('last_24h') ? 'last_24h' : 'yesterday'
  return {
    ...kpi,
    alerts: alerts.map((alert) => ({
      ...{ for: '15m', window, only: {}, lookAt: [] },
      summary: `${kpi.title} ${alert.when.kind} ${alert.when.value}`,
      ...alert,
    })),
  }
}
