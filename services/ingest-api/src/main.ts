import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { closeOnSignal } from '@millrace/runtime/close-on-signal'
import { createLogger } from '@millrace/runtime/logger'
import { readConfig } from '@millrace/runtime/read-config'
import { serve } from '@millrace/runtime/serve'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createScrubber } from '@millrace/scrub/create-scrubber'
import { Config } from './config.ts'
import { createIngestApi } from './create-ingest-api.ts'
import { readWriteKeys } from './read-write-keys.ts'

const config = readConfig(Config, process.env)
const logger = createLogger({ service: 'ingest-api', level: config.LOG_LEVEL })
const log = createPostgresLog({
  connection: config.DATABASE_URL,
  clientName: 'ingest-api',
  role: 'millrace_ingest',
  now: () => new Date(),
  onError: (message, err) => logger.warn({ err }, message),
})
const topicSettings = { partitions: config.LOG_PARTITIONS, retentionHours: config.LOG_RETENTION_HOURS }
await log.ensureTopics([EVENTS_TOPIC, QUARANTINE_TOPIC].map((topic) => ({ topic, ...topicSettings })))
const app = createIngestApi({
  keys: await readWriteKeys(config.WRITE_KEYS),
  log,
  scrubber: createScrubber({ pseudonymKey: config.PSEUDONYM_KEY }),
  now: () => new Date(),
  newRequestId: randomUUID,
  logger,
  registry: createServiceMetrics({ process: true }),
  version: String(createRequire(import.meta.url)('../package.json').version),
  limits: { maxEventAgeDays: config.MAX_EVENT_AGE_DAYS, consentPolicy: config.CONSENT_POLICY },
  ...(config.TRUST_PROXY !== undefined && { trustProxy: config.TRUST_PROXY }),
})
const server = await serve(app, { port: config.INGEST_PORT, host: config.BIND_HOST })
logger.info({ url: server.url }, 'ready')
closeOnSignal([server, log], logger)
