import type { FactTable } from '@millrace/contracts/fact-columns'
import type { Alert, Threshold } from './alert.ts'

/** What a KPI's number is. `money` is kept in minor units and shown in major ones, by its `currency` dimension. */
export type Unit = 'count' | 'money' | 'ratio' | 'seconds'

/** Part of a ratio: the rows, those that a condition holds for, less those that another holds for, or a column's sum. */
export type Part =
  | { readonly kind: 'count'; readonly where?: string; readonly less?: string }
  | { readonly kind: 'sum'; readonly column: string }

export type Measure =
  | { readonly kind: 'count' }
  | { readonly kind: 'sum'; readonly column: string }
  | { readonly kind: 'ratio'; readonly numerator: Part; readonly denominator: Part }
  /** People with an active day among the last `days`, the day itself included. From fact_person_day only. */
  | { readonly kind: 'distinct_people'; readonly days: 1 | 7 | 30 }
  /** Estimated from logarithmic buckets, at most 2 % off. */
  | { readonly kind: 'percentile'; readonly column: string; readonly quantiles: readonly number[] }
  /** What the column said last; the mean of rows of one second. For facts that come seldom: a total is kept for each. */
  | { readonly kind: 'last'; readonly column: string }

/** A gauge label and the column that it shows. Values that are not declared become `other` on the gauge. */
export interface Dimension {
  readonly column: string
  /** Absent: the values are bounded by their contract (currencies, say). */
  readonly values?: readonly string[]
}

export interface Described {
  /** snake_case; the gauge is `kpi_<name>`, the view `warehouse.kpi_<name>`. */
  readonly name: string
  readonly title: string
  readonly help: string
  readonly unit: Unit
  /** The team that answers for the number. */
  readonly owner: string
  /** Where the number should be, for boards and documents; nobody is told when it is not. */
  readonly target?: Threshold
}

interface Alerting {
  readonly alerts: readonly Alert[]
}

/** A KPI whose totals are kept from the rows of one fact table. */
export interface StoredKpi extends Described, Alerting {
  readonly from: FactTable
  /** The business day that a row counts on. */
  readonly day: string
  /** The moment that a row counts at; absent where a row is a whole day. */
  readonly at?: string
  /** SQL condition on a row's columns, for rows that count. */
  readonly where?: string
  readonly measure: Measure
  readonly dimensions: Readonly<Record<string, Dimension>>
  /** Columns that `kpi show --by` may name beside the dimensions; answered from the facts. */
  readonly breakdowns: readonly string[]
}

/** A KPI that is the difference of two stored sums of the same unit and dimensions. */
export interface DerivedKpi extends Described, Alerting {
  readonly minuend: StoredKpi
  readonly subtrahend: StoredKpi
}

export type Kpi = StoredKpi | DerivedKpi

export function isDerived(kpi: Kpi): kpi is DerivedKpi {
  return 'minuend' in kpi
}

/** The stored KPIs whose totals a KPI is read from. */
export function storedKpis(kpi: Kpi): readonly StoredKpi[] {
  return isDerived(kpi) ? [kpi.minuend, kpi.subtrahend] : [kpi]
}

/** The columns that its gauges have as labels; a difference has those of what it is made from. */
export function dimensionsOf(kpi: Kpi): StoredKpi['dimensions'] {
  return isDerived(kpi) ? kpi.minuend.dimensions : kpi.dimensions
}
