import { loadExperiments } from '@millrace/experiments/load-experiments'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { openService, type RunningService, type ServiceDeps } from '@millrace/runtime/running-service'
import { serve } from '@millrace/runtime/serve'
import type { Config } from './config.ts'
import { createKpiExporter } from './create-kpi-exporter.ts'

/** The KPI exporter. While Postgres is away or not migrated yet it answers, without gauges and not ready. */
export function runKpiExporter({
  config,
  logger,
  registry,
  now,
}: ServiceDeps<Config>): Promise<RunningService> {
  return openService(logger, async (keep) => {
    const exporter = keep(
      await createKpiExporter({
        databaseUrl: config.DATABASE_URL,
        kpis: await loadKpis(config.MILLRACE_DEFINITIONS),
        experiments: await loadExperiments(config.MILLRACE_DEFINITIONS),
        now,
        timeZone: config.BUSINESS_TIME_ZONE,
        refreshSeconds: config.KPI_REFRESH_SECONDS,
        staleSeconds: config.KPI_STALE_SECONDS,
        logger,
        registry,
      }),
    )
    const server = keep(await serve(exporter.app, { port: config.EXPORTER_PORT, host: config.BIND_HOST }))
    return { url: server.url }
  })
}
