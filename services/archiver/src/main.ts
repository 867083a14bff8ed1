import path from 'node:path'
import { createFolderArchive } from '@millrace/archive/folder'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { closeOnSignal } from '@millrace/runtime/close-on-signal'
import { createLogger } from '@millrace/runtime/logger'
import { readConfig } from '@millrace/runtime/read-config'
import { serveHealth } from '@millrace/runtime/serve-health'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { Config } from './config.ts'
import { createArchiver } from './create-archiver.ts'

const config = readConfig(Config, process.env)
const logger = createLogger({ service: 'archiver', level: config.LOG_LEVEL })
const registry = createServiceMetrics({ process: true })
const onError = (message: string, err: unknown) => logger.warn({ err }, message)
const log = createPostgresLog({
  connection: config.DATABASE_URL,
  clientName: 'archiver',
  role: 'millrace_archiver',
  now: () => new Date(),
  onError,
})
const archive = createFolderArchive({ folder: path.resolve(config.DATA_DIR, 'archive'), onError })
const archiver = await createArchiver({
  log,
  archive,
  topics: [EVENTS_TOPIC, QUARANTINE_TOPIC],
  timeZone: config.BUSINESS_TIME_ZONE,
  flushRecords: config.ARCHIVE_FLUSH_RECORDS,
  flushSeconds: config.ARCHIVE_FLUSH_SECONDS,
  logger,
  registry,
  now: () => new Date(),
})
const server = await serveHealth({
  port: config.ARCHIVER_PORT,
  host: config.BIND_HOST,
  registry,
  checks: { log: () => log.ranges(EVENTS_TOPIC), archive: () => archive.head('resume/health') },
})
logger.info({ url: server.url }, 'ready')
closeOnSignal([server, archiver, log, archive], logger)
