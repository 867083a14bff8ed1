import { type Kpi, storedKpis } from '@millrace/kpis/kpi'
import { kpiSamples } from './kpi-metrics.ts'
import type { KpiTotals } from './read-kpis.ts'
import type { KpiGauges } from './register-gauges.ts'
import type { watchRefreshes } from './watch-refreshes.ts'

export interface RefreshDeps {
  readonly kpis: readonly Kpi[]
  readonly gauges: KpiGauges
  readKpis(now: Date): Promise<KpiTotals>
  /** Takes the text that is served from now on. */
  publish(text: string): void
  readonly now: () => Date
  readonly watch: ReturnType<typeof watchRefreshes>
}

export interface Refresher {
  /** Never throws: what goes wrong is shown by the gauges, logged and kept in `problem`. */
  refresh(): Promise<void>
  /** What kept the last refresh from reading totals; undefined after one that did. */
  problem(): unknown
}

/** Computes all gauges anew; those that cannot be computed keep what they said, beside its age. */
export function createRefresher({ kpis, gauges, readKpis, publish, now, watch }: RefreshDeps): Refresher {
  let problem: unknown = new Error('not computed yet')

  async function refresh(): Promise<void> {
    const computedAt = now()
    const ended = watch.begin()
    try {
      const totals = await readKpis(computedAt)
      watch.computed(kpis.flatMap((kpi) => showKpi(kpi, totals, computedAt)))
      problem = undefined
    } catch (error) {
      for (const kpi of kpis) gauges.fail(kpi)
      watch.failed(error)
      problem = error
    } finally {
      publish(gauges.render(now()))
      ended()
    }
  }

  /** Returns what kept the KPI from being computed: one that fails does not take the others along. */
  function showKpi(kpi: Kpi, { filled, watermark, windows }: KpiTotals, computedAt: Date): string[] {
    try {
      if (!storedKpis(kpi).every(({ name }) => filled.has(name)))
        throw new Error('its totals are not filled: run millrace migrate')
      gauges.show(kpi, kpiSamples(kpi, gauges.metricsOf(kpi), windows), { computedAt, watermark })
      return []
    } catch (error) {
      gauges.fail(kpi)
      return [`${kpi.name}: ${error instanceof Error ? error.message : 'failed'}`]
    }
  }

  return { refresh, problem: () => problem }
}
