import { Fault } from '@millrace/contracts/fault'
import type { Experiment } from '@millrace/experiments/define-experiment'
import type { Kpi } from '@millrace/kpis/kpi'
import { healthRoutes } from '@millrace/runtime/health-routes'
import type { Logger } from '@millrace/runtime/logger'
import { repeat } from '@millrace/runtime/repeat'
import { createPool } from '@millrace/warehouse/database'
import express, { type Express } from 'express'
import type { Registry } from 'prom-client'
import { createExperimentGauges } from './experiment-gauges.ts'
import { createMetricsText } from './metrics-text.ts'
import { createKpiReader } from './read-kpis.ts'
import { createRefresher } from './refresh-gauges.ts'
import { registerGauges } from './register-gauges.ts'
import { watchRefreshes } from './watch-refreshes.ts'

export interface KpiExporterDeps {
  /** A user who may become role millrace_exporter. */
  readonly databaseUrl: string
  readonly kpis: readonly Kpi[]
  /** Those that a file defines; the others need none. */
  readonly experiments?: readonly Experiment[]
  readonly now: () => Date
  /** IANA name: the business time zone that the database was made with. */
  readonly timeZone: string
  readonly refreshSeconds?: number
  /** A KPI computed longer ago is not shown any more. */
  readonly staleSeconds?: number
  readonly logger: Logger
  /** The exporter's own metrics; the KPIs are not among them. */
  readonly registry: Registry
}

export interface KpiExporter {
  /** `/metrics`: the KPIs. `/service-metrics`, `/health/live`, `/health/ready`: the exporter itself. */
  readonly app: Express
  /** Resolves when gauges computed after this call are served. */
  refreshed(): Promise<void>
  close(): Promise<void>
}

const QUERY_TIMEOUT_MS = 10_000
/** A metric of an experiment reads the facts of all its days. */
const LOOK_TIMEOUT_MS = 30_000
const LOOK_SECONDS = 600

/**
 * Computes all KPIs on a timer and serves them from memory: a scrape runs no query and waits for none. While Postgres
 * is away the gauges keep what they last said, beside its age.
 * @throws Fault `config_invalid` when the database keeps days of another time zone, `contract_broken` when a KPI's name
 * or labels cannot be a gauge's.
 */
export async function createKpiExporter(deps: KpiExporterDeps): Promise<KpiExporter> {
  const { databaseUrl, kpis, now, timeZone, refreshSeconds = 1, staleSeconds = 600, logger, registry } = deps
  const gauges = registerGauges(kpis, staleSeconds)
  const pool = createPool({
    url: databaseUrl,
    role: 'millrace_exporter',
    name: 'kpi-exporter',
    max: 2,
    queryTimeoutMs: QUERY_TIMEOUT_MS,
  })
  const lookPool = createPool({
    url: databaseUrl,
    role: 'millrace_exporter',
    name: 'kpi-exporter experiments',
    max: 1,
    queryTimeoutMs: LOOK_TIMEOUT_MS,
  })
  const looks = createExperimentGauges({
    ...{ pool: lookPool, experiments: deps.experiments ?? [], now, logger },
    refreshSeconds: LOOK_SECONDS,
  })
  const text = createMetricsText()
  const { refresh, problem } = createRefresher({
    ...{ kpis, gauges, now },
    publish: (shown) => text.replace(shown + looks.render()),
    readKpis: createKpiReader(pool, kpis, timeZone),
    watch: watchRefreshes(registry, logger),
  })
  const refreshes = repeat(refresh, {
    seconds: refreshSeconds,
    onError: (err) => logger.error({ err }, 'the gauges could not be rendered'),
  })
  let ended: Promise<void> | undefined
  const close = (): Promise<void> => {
    ended ??= Promise.all([
      refreshes.close().then(() => pool.end()),
      looks.close().then(() => lookPool.end()),
    ]).then(() => {})
    return ended
  }
  await refreshes.next()
  const found = problem()
  if (found instanceof Fault && !found.retryable) {
    await close()
    throw found
  }
  // Not waited for: the KPIs are served meanwhile.
  void looks.refreshed()
  const ready = async (): Promise<void> => {
    if (problem()) throw problem()
  }
  const app = express().disable('x-powered-by').disable('etag')
  app.get('/metrics', text.serve)
  app.use(healthRoutes({ checks: { database: ready }, registry, metricsPath: '/service-metrics' }))
  const refreshed = (): Promise<void> => looks.refreshed().then(refreshes.next)
  return { app, refreshed, close }
}
