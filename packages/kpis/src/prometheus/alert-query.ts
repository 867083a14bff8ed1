import type { Alert } from '../alert.ts'
import { dimensionsOf, isDerived, type Kpi } from '../kpi.ts'

/** A KPI says something only while everything that was received longer ago than this is in it. */
export const FRESH_SECONDS = 900

/** The series that an alert is about, of whatever exporter: made by a recording rule. */
export function recordName({ name }: Kpi, { window }: Alert): string {
  return `kpi:${name}:${window}`
}

/** What the recording rule records; several exporters say the same. */
export function recordQuery({ name }: Kpi, { window }: Alert): string {
  return ofAnyExporter(`kpi_${name}`, window)
}

/** Holds for series beyond the threshold that have volume enough, and for none while the KPI is late. */
export function alertQuery(kpi: Kpi, alert: Alert): string {
  const { when, atLeast, only, window } = alert
  const labels = Object.entries(only).map(([label, value]) => `${label}=${JSON.stringify(value)}`)
  const selected = labels.length > 0 ? `{${labels.join(', ')}}` : ''
  return [
    `${recordName(kpi, alert)}${selected} ${when.kind === 'below' ? '<' : '>'} ${when.value}`,
    ...(atLeast === undefined
      ? []
      : [`and ${ofAnyExporter(`kpi_${kpi.name}_denominator`, window)} >= ${atLeast}`]),
    `and on () time() - max(kpi_watermark_timestamp_seconds{kpi="${kpi.name}"}) < ${FRESH_SECONDS}`,
  ].join('\n')
}

function ofAnyExporter(metric: string, window: string): string {
  return `max without (job, instance) (${metric}{window="${window}"})`
}

/** The labels of the KPI's gauges beside `window`. */
export function seriesLabels(kpi: Kpi): readonly string[] {
  const isPercentile = !isDerived(kpi) && kpi.measure.kind === 'percentile'
  return [...Object.keys(dimensionsOf(kpi)), ...(isPercentile ? ['quantile'] : [])]
}
