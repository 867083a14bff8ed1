import { loadKpis } from '@millrace/kpis/load-kpis'
import { closeOnSignal } from '@millrace/runtime/close-on-signal'
import { createLogger } from '@millrace/runtime/logger'
import { readConfig } from '@millrace/runtime/read-config'
import { serve } from '@millrace/runtime/serve'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { Config } from './config.ts'
import { createKpiExporter } from './create-kpi-exporter.ts'

const config = readConfig(Config, process.env)
const logger = createLogger({ service: 'kpi-exporter', level: config.LOG_LEVEL })
const exporter = await createKpiExporter({
  databaseUrl: config.DATABASE_URL,
  kpis: await loadKpis(),
  now: () => new Date(),
  timeZone: config.BUSINESS_TIME_ZONE,
  refreshSeconds: config.KPI_REFRESH_SECONDS,
  staleSeconds: config.KPI_STALE_SECONDS,
  logger,
  registry: createServiceMetrics({ process: true }),
})
const server = await serve(exporter.app, { port: config.EXPORTER_PORT, host: config.BIND_HOST })
logger.info({ url: `${server.url}/metrics` }, 'serving KPIs')
closeOnSignal([server, exporter], logger)
