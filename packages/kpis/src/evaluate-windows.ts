import { evaluate, type KpiValue } from './evaluate.ts'
import { foldUndeclared } from './fold-undeclared.ts'
import { dimensionsOf, isDerived, type Kpi } from './kpi.ts'
import type { TotalRow } from './read-totals.ts'

/** What one series says in one window; without `value` while there is nothing to divide or to rank. */
export interface Reading extends Omit<KpiValue, 'value'> {
  readonly value?: number
}

type Dimensions = KpiValue['dimensions']

/**
 * A KPI in several windows (days, hours, a week), given the totals that lie in each; rows of other KPIs may be among
 * them. Values that the definition does not declare are `other`. The declared series and those that have data in any
 * of the windows are known: in a window without data they are 0, a ratio 0 of 0. Series come in one fixed order.
 */
export function evaluateWindows<W extends string>(
  kpi: Kpi,
  windows: ReadonlyMap<W, readonly TotalRow[]>,
): Map<W, Reading[]> {
  const folded = new Map([...windows].map(([window, rows]) => [window, foldUndeclared(kpi, rows)]))
  const known = knownSeries(kpi, [...folded.values()].flat())
  return new Map(
    [...folded].map(([window, rows]) => {
      const readings = new Map<string, Reading>(
        known.map((dimensions) => [keyOf(dimensions), zero(kpi, dimensions)]),
      )
      for (const value of evaluate(kpi, rows)) readings.set(keyOf(value.dimensions), value)
      return [window, [...readings].sort(byKey).map(([, reading]) => reading)]
    }),
  )
}

/** Without rows there is nothing to rank, and nothing was last. */
const NO_ZERO: ReadonlySet<string> = new Set(['percentile', 'last'])

function knownSeries(kpi: Kpi, rows: readonly TotalRow[]): Dimensions[] {
  if (NO_ZERO.has(measureOf(kpi))) return []
  return [...declaredSeries(kpi), ...rows.map(({ dimensions }) => dimensions)]
}

/** All combinations of declared values; none while a dimension leaves its values open. */
function declaredSeries(kpi: Kpi): Dimensions[] {
  const dimensions = dimensionsOf(kpi)
  return Object.entries(dimensions).reduce<Dimensions[]>(
    (series, [label, { values = [] }]) =>
      series.flatMap((others) => values.map((value) => ({ ...others, [label]: value }))),
    [{}],
  )
}

function zero(kpi: Kpi, dimensions: Dimensions): Reading {
  if (measureOf(kpi) === 'ratio') return { dimensions, numerator: 0, denominator: 0 }
  return kpi.unit === 'money' ? { dimensions, value: 0, valueMinor: 0 } : { dimensions, value: 0 }
}

function measureOf(kpi: Kpi): string {
  return isDerived(kpi) ? 'sum' : kpi.measure.kind
}

/** The same for the same labels, in whatever order they stand. */
function keyOf(dimensions: Dimensions): string {
  return JSON.stringify(Object.entries(dimensions).sort(byKey))
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : one > other ? 1 : 0
}
