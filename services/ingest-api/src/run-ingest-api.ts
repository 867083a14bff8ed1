import { randomUUID } from 'node:crypto'
import { openArchive } from '@millrace/archive/open-archive'
import { openLog } from '@millrace/event-log/open-log'
import { endsWithin } from '@millrace/runtime/ends-within'
import { openService, type RunningService, type ServiceDeps } from '@millrace/runtime/running-service'
import { serve } from '@millrace/runtime/serve'
import { startWhenPossible } from '@millrace/runtime/start-when-possible'
import { createScrubber } from '@millrace/scrub/create-scrubber'
import manifest from '../package.json' with { type: 'json' }
import { errorBody } from './answer.ts'
import type { Config } from './config.ts'
import { createIngestApi } from './create-ingest-api.ts'
import { createTopics } from './create-topics.ts'
import { readPseudonymKeys } from './read-pseudonym-keys.ts'
import { readWriteKeys } from './read-write-keys.ts'

/** So long the first request waits for the topics: while the log is away, what comes is spooled. */
const TOPICS_MS = 2_000

/**
 * The ingest API on the log that is configured, and on the archive for while that is away. Its topics are made as soon as
 * the log is there.
 */
export function runIngestApi({
  config,
  logger,
  registry,
  now,
}: ServiceDeps<Config>): Promise<RunningService> {
  const onError = (message: string, err: unknown): void => logger.warn({ err }, message)
  return openService(logger, async (keep) => {
    const keys = await readWriteKeys(config.WRITE_KEYS)
    const pseudonymKeys = await readPseudonymKeys(config)
    const log = keep(
      await openLog(config, { clientName: 'ingest-api', role: 'millrace_ingest', now, onError }),
    )
    const archive = keep(await openArchive(config, onError))
    const app = createIngestApi({
      keys,
      log,
      archive,
      scrubber: createScrubber(pseudonymKeys),
      now,
      newRequestId: randomUUID,
      logger,
      registry,
      version: manifest.version,
      limits: { maxEventAgeDays: config.MAX_EVENT_AGE_DAYS, consentPolicy: config.CONSENT_POLICY },
      ...(config.TRUST_PROXY !== undefined && { trustProxy: config.TRUST_PROXY }),
    })
    const topics = keep(
      startWhenPossible({
        needs: { log: () => createTopics(log, config) },
        start: async () => undefined,
        logger,
      }),
    )
    await endsWithin(TOPICS_MS, topics.started)
    const server = keep(
      await serve(app, {
        port: config.INGEST_PORT,
        host: config.BIND_HOST,
        brokenRequestBody: (detail) => errorBody(randomUUID(), detail),
      }),
    )
    return { url: server.url, started: topics.started }
  })
}
