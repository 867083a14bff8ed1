import { createKpiExporter } from '@millrace/kpi-exporter/create-kpi-exporter'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { closeAll } from '@millrace/runtime/close-on-signal'
import { serve } from '@millrace/runtime/serve'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import type { RunningService, ServiceDeps } from './service-deps.ts'

export async function runKpiExporter({
  config,
  databaseUrl,
  logger,
  now,
}: ServiceDeps): Promise<RunningService> {
  const exporter = await createKpiExporter({
    databaseUrl,
    kpis: await loadKpis(),
    now,
    timeZone: config.BUSINESS_TIME_ZONE,
    refreshSeconds: config.KPI_REFRESH_SECONDS,
    staleSeconds: config.KPI_STALE_SECONDS,
    logger,
    registry: createServiceMetrics(),
  })
  const server = await serve(exporter.app, { port: config.EXPORTER_PORT, host: config.BIND_HOST })
  return { url: server.url, close: async () => void (await closeAll([server, exporter], logger)) }
}
