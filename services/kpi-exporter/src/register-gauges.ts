import { Fault } from '@millrace/contracts/fault'
import type { Kpi } from '@millrace/kpis/kpi'
import { type Metric, renderHead, renderSamples, type Sample } from './exposition.ts'
import { type KpiMetric, kpiMetrics } from './kpi-metrics.ts'

export interface KpiGauges {
  /** The gauges of a KPI, in the order in which `show` takes their samples. */
  metricsOf(kpi: Kpi): readonly KpiMetric[]
  /** Replaces what the gauges of a KPI say. */
  show(kpi: Kpi, samples: readonly (readonly Sample[])[], at: Computed): void
  /** The KPI could not be computed: its gauges keep what they say until that is too old. */
  fail(kpi: Kpi): void
  /** All gauges in Prometheus's text format, in a fixed order. */
  render(now: Date): string
}

/** When a KPI was computed, and up to when everything received is in it. */
export interface Computed {
  readonly computedAt: Date
  readonly watermark: Date | undefined
}

interface Shown {
  readonly kpi: Kpi
  readonly metrics: readonly KpiMetric[]
  readonly heads: readonly string[]
  /** The samples' lines, a text a metric. */
  lines: readonly string[]
  computed: Computed | undefined
  success: boolean
}

const META = {
  watermark: {
    name: 'kpi_watermark_timestamp_seconds',
    help: 'Everything received before this moment is counted in the KPI; 0 while that is not known.',
  },
  computed: {
    name: 'kpi_computed_timestamp_seconds',
    help: 'When the KPI was last computed; 0 before the first time.',
  },
  success: {
    name: 'kpi_success',
    help: '1 when the last attempt to compute the KPI succeeded, else 0: its gauges then show what they last did.',
  },
} as const

/**
 * Makes the gauges of all KPIs. They say nothing until `show`, and nothing again when what they say was computed longer
 * than staleSeconds ago: a frozen number looks healthy.
 * @throws Fault `contract_broken` when names are invalid or taken twice.
 */
export function registerGauges(kpis: readonly Kpi[], staleSeconds: number): KpiGauges {
  const shown = new Map(kpis.map((kpi) => [kpi.name, emptyGauges(kpi)]))
  checkUnique([...shown.values()].flatMap(({ metrics }) => metrics.map(({ name }) => name)))

  function gaugesOf(kpi: Kpi): Shown {
    const gauges = shown.get(kpi.name)
    if (!gauges) throw new Error(`${kpi.name} has no gauges`)
    return gauges
  }

  return {
    metricsOf: (kpi) => gaugesOf(kpi).metrics,
    show(kpi, samples, computed) {
      const gauges = gaugesOf(kpi)
      gauges.lines = gauges.metrics.map((metric, index) => renderSamples(metric, samples[index] ?? []))
      gauges.computed = computed
      gauges.success = true
    },
    fail(kpi) {
      gaugesOf(kpi).success = false
    },
    render(now) {
      const all = [...shown.values()]
      const freshSince = now.getTime() - staleSeconds * 1000
      const isFresh = ({ computed }: Shown): boolean =>
        computed !== undefined && computed.computedAt.getTime() >= freshSince
      const values = all.map((gauges) =>
        gauges.heads
          .map((head, index) => head + (isFresh(gauges) ? (gauges.lines[index] ?? '') : ''))
          .join(''),
      )
      return [...values, renderMeta(all)].join('')
    },
  }
}

function emptyGauges(kpi: Kpi): Shown {
  const metrics = kpiMetrics(kpi)
  return { kpi, metrics, heads: metrics.map(renderHead), lines: [], computed: undefined, success: false }
}

function renderMeta(all: readonly Shown[]): string {
  const gauge = (metric: Metric, read: (shown: Shown) => number): string =>
    renderHead(metric) +
    renderSamples(
      metric,
      all.map((shown) => ({ labels: { kpi: shown.kpi.name }, value: read(shown) })),
    )
  return [
    gauge(META.watermark, ({ computed }) => seconds(computed?.watermark)),
    gauge(META.computed, ({ computed }) => seconds(computed?.computedAt)),
    gauge(META.success, ({ success }) => (success ? 1 : 0)),
  ].join('')
}

function seconds(moment: Date | undefined): number {
  return moment ? moment.getTime() / 1000 : 0
}

function checkUnique(names: readonly string[]): void {
  const taken = new Set<string>(Object.values(META).map(({ name }) => name))
  for (const name of names) {
    if (taken.has(name)) throw new Fault('contract_broken', `Two gauges would be named ${name}`)
    taken.add(name)
  }
}
