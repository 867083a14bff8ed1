import { Fault } from '@millrace/contracts/fault'
import type { Kpi } from '@millrace/kpis/kpi'
import { healthRoutes } from '@millrace/runtime/health-routes'
import type { Logger } from '@millrace/runtime/logger'
import { repeat } from '@millrace/runtime/repeat'
import { createPool } from '@millrace/warehouse/database'
import express, { type Express } from 'express'
import type { Registry } from 'prom-client'
import { createMetricsText } from './metrics-text.ts'
import { createKpiReader } from './read-kpis.ts'
import { createRefresher } from './refresh-gauges.ts'
import { registerGauges } from './register-gauges.ts'
import { watchRefreshes } from './watch-refreshes.ts'

export interface KpiExporterDeps {
  /** A user who may become role millrace_exporter. */
  readonly databaseUrl: string
  readonly kpis: readonly Kpi[]
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
  const text = createMetricsText()
  const { refresh, problem } = createRefresher({
    ...{ kpis, gauges, now, publish: text.replace },
    readKpis: createKpiReader(pool, kpis, timeZone),
    watch: watchRefreshes(registry, logger),
  })
  const refreshes = repeat(refresh, {
    seconds: refreshSeconds,
    onError: (err) => logger.error({ err }, 'the gauges could not be rendered'),
  })
  let ended: Promise<void> | undefined
  const close = (): Promise<void> => {
    ended ??= refreshes.close().then(() => pool.end())
    return ended
  }
  await refreshes.next()
  const found = problem()
  if (found instanceof Fault && !found.retryable) {
    await close()
    throw found
  }
  const ready = async (): Promise<void> => {
    if (problem()) throw problem()
  }
  const app = express().disable('x-powered-by').disable('etag')
  app.get('/metrics', text.serve)
  app.use(healthRoutes({ checks: { database: ready }, registry, metricsPath: '/service-metrics' }))
  return { app, refreshed: refreshes.next, close }
}
