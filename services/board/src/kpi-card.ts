import { evaluateWindows, type Reading } from '@millrace/kpis/evaluate-windows'
import { isDerived, type Kpi, type Unit } from '@millrace/kpis/kpi'
import type { TotalRow } from '@millrace/kpis/read-totals'

/** One line of a KPI over the days of the board, oldest first; null where there is nothing to say. */
export interface Series {
  readonly dimensions: Readonly<Record<string, string>>
  readonly days: readonly (number | null)[]
}

/** What the board shows of one KPI. Money is in major units. */
export interface KpiCard {
  readonly name: string
  readonly title: string
  readonly help: string
  readonly unit: Unit
  readonly owner: string
  /** Its totals cannot be shown yet, or not any more. */
  readonly problem?: string
  /** The KPI as a whole: one line, or one a currency or a quantile, which cannot be added up. */
  readonly headline: readonly Series[]
  /** The same by dimension, the largest of the week first. */
  readonly parts: readonly Series[]
  /** Parts that are left out because there are too many. */
  readonly moreParts: number
}

const MOST_PARTS = 40

/** Evaluates a KPI for each of the days, given the totals of those days. */
export function kpiCard(kpi: Kpi, days: readonly string[], totals: readonly TotalRow[]): KpiCard {
  const whole = kpi.unit === 'money' ? kpi : withoutDimensions(kpi)
  const wholeTotals = whole === kpi ? totals : totals.map((row) => ({ ...row, dimensions: {} }))
  const parts = whole === kpi ? [] : seriesOf(kpi, days, totals).filter(hasData).sort(byWeek)
  return {
    ...describe(kpi),
    headline: seriesOf(whole, days, wholeTotals).filter(({ days: values }) =>
      values.some((value) => value !== null),
    ),
    parts: parts.slice(0, MOST_PARTS),
    moreParts: Math.max(0, parts.length - MOST_PARTS),
  }
}

/** A card that says why there are no numbers. */
export function unknownCard(kpi: Kpi, problem: string): KpiCard {
  return { ...describe(kpi), problem, headline: [], parts: [], moreParts: 0 }
}

function describe({ name, title, help, unit, owner }: Kpi) {
  return { name, title, help, unit, owner }
}

/** The KPI itself when it has no dimensions. */
function withoutDimensions(kpi: Kpi): Kpi {
  if (isDerived(kpi)) {
    if (Object.keys(kpi.minuend.dimensions).length === 0) return kpi
    const { minuend, subtrahend } = kpi
    return { ...kpi, minuend: { ...minuend, dimensions: {} }, subtrahend: { ...subtrahend, dimensions: {} } }
  }
  return Object.keys(kpi.dimensions).length === 0 ? kpi : { ...kpi, dimensions: {} }
}

function seriesOf(kpi: Kpi, days: readonly string[], totals: readonly TotalRow[]): Series[] {
  const windows = evaluateWindows(
    kpi,
    new Map(days.map((day) => [day, totals.filter(({ date }) => date === day)])),
  )
  const series = new Map<string, { dimensions: Series['dimensions']; days: (number | null)[] }>()
  for (const [index, day] of days.entries()) {
    for (const { dimensions, value } of windows.get(day) ?? []) {
      const key = JSON.stringify(Object.entries(dimensions).sort())
      const known = series.get(key) ?? { dimensions, days: days.map(() => null) }
      known.days[index] = shown(value)
      series.set(key, known)
    }
  }
  return [...series].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each)
}

function shown(value: Reading['value']): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}

function hasData({ days }: Series): boolean {
  return days.some((value) => value !== null && value !== 0)
}

function byWeek(one: Series, other: Series): number {
  return weekOf(other) - weekOf(one)
}

function weekOf({ days }: Series): number {
  return days.reduce<number>((sum, value) => sum + (value ?? 0), 0)
}
