import { createPostgresLog } from '@millrace/event-log/postgres'
import { closeOnSignal } from '@millrace/runtime/close-on-signal'
import { createLogger } from '@millrace/runtime/logger'
import { readConfig } from '@millrace/runtime/read-config'
import { serveHealth } from '@millrace/runtime/serve-health'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createPool } from '@millrace/warehouse/database'
import { Config } from './config.ts'
import { createLoader } from './create-loader.ts'

const config = readConfig(Config, process.env)
const logger = createLogger({ service: 'loader', level: config.LOG_LEVEL })
const registry = createServiceMetrics({ process: true })
const pool = createPool({
  url: config.DATABASE_URL,
  role: 'millrace_loader',
  name: 'loader',
  onError: (err) => logger.warn({ err }, 'lost an idle connection'),
})
const log = createPostgresLog({
  connection: config.DATABASE_URL,
  clientName: 'loader',
  role: 'millrace_loader',
  now: () => new Date(),
  onError: (message, err) => logger.warn({ err }, message),
})
const loader = await createLoader({ pool, log, timeZone: config.BUSINESS_TIME_ZONE, logger, registry })
const server = await serveHealth({
  port: config.LOADER_PORT,
  host: config.BIND_HOST,
  registry,
  checks: { postgres: () => pool.query('select 1') },
})
logger.info({ url: server.url }, 'ready')
closeOnSignal([server, loader, log, { close: () => pool.end() }], logger)
