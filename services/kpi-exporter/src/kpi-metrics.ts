import { evaluateWindows, type Reading } from '@millrace/kpis/evaluate-windows'
import { isDerived, type Kpi } from '@millrace/kpis/kpi'
import { type Window, windowsOf } from '@millrace/kpis/windows'
import type { Metric, Sample } from './exposition.ts'
import type { KpiTotals } from './read-kpis.ts'

type Field = 'value' | 'numerator' | 'denominator'

/** One of the gauges of a KPI, and which number of a reading it shows. */
export interface KpiMetric extends Metric {
  readonly field: Field
}

/** The gauges of a KPI: its value, for a ratio its two parts beside it. */
export function kpiMetrics(kpi: Kpi): readonly KpiMetric[] {
  const name = `kpi_${kpi.name}`
  const help = `${kpi.title}. ${kpi.help} ${windowsHelp(windowsOf(kpi))}`
  const value: KpiMetric = { name, help: `${help}${unitHelp(kpi)}`, field: 'value' }
  if (isDerived(kpi) || kpi.measure.kind !== 'ratio') return [value]
  return [
    value,
    { name: `${name}_numerator`, help: `What ${name} divides: ${help}`, field: 'numerator' },
    { name: `${name}_denominator`, help: `What ${name} divides by: ${help}`, field: 'denominator' },
  ]
}

/** The samples of each of a KPI's gauges, windows and series in a fixed order. */
export function kpiSamples(
  kpi: Kpi,
  metrics: readonly KpiMetric[],
  totals: KpiTotals['windows'],
): readonly (readonly Sample[])[] {
  const windows = windowsOf(kpi)
  const readings = evaluateWindows(kpi, new Map(windows.map((window) => [window, totals.get(window) ?? []])))
  return metrics.map(({ field }) =>
    windows.flatMap((window) => samplesOf(window, readings.get(window) ?? [], field)),
  )
}

/** A reading without this number has no sample: absent says "unknown", which neither 0 nor NaN does. */
function samplesOf(window: Window, readings: readonly Reading[], field: Field): Sample[] {
  return readings.flatMap(({ dimensions, [field]: value }) =>
    value !== undefined && Number.isFinite(value) ? [{ labels: { window, ...dimensions }, value }] : [],
  )
}

const WINDOW_HELP: Readonly<Record<Window, string>> = {
  today: 'today so far',
  yesterday: 'yesterday',
  last_24h: 'last_24h the hours that began in the last 24 hours (23 to 24 hours)',
  last_7d: 'last_7d today and the 6 days before',
}

function windowsHelp(windows: readonly Window[]): string {
  return `Windows, by days of the business: ${windows.map((window) => WINDOW_HELP[window]).join(', ')}.`
}

function unitHelp(kpi: Kpi): string {
  const parts = {
    count: '',
    money: ' In major units of the currency (EUR, not cents).',
    ratio: ' From 0 to 1; no sample while there is nothing to divide by.',
    seconds: ' In seconds.',
  }
  const estimated = !isDerived(kpi) && kpi.measure.kind === 'percentile' ? ' At most 2 % off.' : ''
  return `${parts[kpi.unit]}${estimated}`
}
