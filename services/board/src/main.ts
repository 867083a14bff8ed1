import { loadKpis } from '@millrace/kpis/load-kpis'
import { closeOnSignal } from '@millrace/runtime/close-on-signal'
import { createLogger } from '@millrace/runtime/logger'
import { readConfig } from '@millrace/runtime/read-config'
import { serve } from '@millrace/runtime/serve'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { Config } from './config.ts'
import { createBoard } from './create-board.ts'

const config = readConfig(Config, process.env)
const logger = createLogger({ service: 'board', level: config.LOG_LEVEL })
const board = await createBoard({
  databaseUrl: config.DATABASE_URL,
  kpis: await loadKpis(),
  now: () => new Date(),
  timeZone: config.BUSINESS_TIME_ZONE,
  ingestUrl: config.INGEST_URL,
  publicKey: config.PUBLIC_WRITE_KEY,
  refreshSeconds: config.BOARD_REFRESH_SECONDS,
  logger,
  registry: createServiceMetrics({ process: true }),
})
const server = await serve(board.app, { port: config.BOARD_PORT, host: config.BIND_HOST })
logger.info({ url: server.url }, 'showing the board')
closeOnSignal([server, board], logger)
