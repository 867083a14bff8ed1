import { randomUUID } from 'node:crypto'
import { claimKeys, type KeyFingerprints } from '@millrace/archive/claim-keys'
import { openArchive } from '@millrace/archive/open-archive'
import { openLog } from '@millrace/event-log/open-log'
import { endsWithin } from '@millrace/runtime/ends-within'
import { openService, type RunningService, type ServiceDeps } from '@millrace/runtime/running-service'
import { serve } from '@millrace/runtime/serve'
import { startWhenPossible } from '@millrace/runtime/start-when-possible'
import type { PseudonymKeys } from '@millrace/scrub/create-people'
import { createScrubber } from '@millrace/scrub/create-scrubber'
import { keyFingerprint } from '@millrace/scrub/pseudonym'
import { readPrivacyPolicy, unknownSources } from '@millrace/scrub/read-privacy-policy'
import manifest from '../package.json' with { type: 'json' }
import { errorBody } from './answer.ts'
import type { Config } from './config.ts'
import { createIngestApi } from './create-ingest-api.ts'
import { createTopics } from './create-topics.ts'
import { readCategories } from './read-categories.ts'
import { readPseudonymKeys } from './read-pseudonym-keys.ts'
import { readWriteKeys } from './read-write-keys.ts'

/**
 * So long the first request waits for the topics, and for the archive to tell by which key people are known: while one of
 * the two is away, what comes is taken nevertheless.
 */
const BEGIN_MS = 2_000

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
    const policy = await readPrivacyPolicy(config.PRIVACY_POLICY)
    const sources = keys.map(({ source }) => source)
    for (const line of unknownSources(policy, sources)) logger.warn(line)
    const log = keep(
      await openLog(config, { clientName: 'ingest-api', role: 'millrace_ingest', now, onError }),
    )
    const archive = keep(await openArchive(config, onError))
    const app = createIngestApi({
      keys,
      log,
      archive,
      scrubber: createScrubber({ ...pseudonymKeys, policy }),
      policy,
      now,
      newRequestId: randomUUID,
      logger,
      registry,
      version: manifest.version,
      limits: {
        maxEventAgeDays: config.MAX_EVENT_AGE_DAYS,
        consentPolicy: config.CONSENT_POLICY,
        analyticsCategories: readCategories(config.CONSENT_CATEGORIES),
        honourDnt: config.HONOUR_DNT,
      },
      ...(config.TRUST_PROXY !== undefined && { trustProxy: config.TRUST_PROXY }),
    })
    const topics = keep(
      startWhenPossible({
        needs: { log: () => createTopics(log, config) },
        start: async () => undefined,
        logger,
      }),
    )
    const key = keep(
      startWhenPossible({
        needs: { archive: () => claimKeys(archive, fingerprintsOf(pseudonymKeys), now) },
        start: async () => undefined,
        logger,
      }),
    )
    const started = Promise.all([topics.started, key.started]).then(() => undefined)
    // Whoever waits for it hears of it, and may not wait yet.
    started.catch(() => {})
    await endsWithin(BEGIN_MS, started)
    const server = keep(
      await serve(app, {
        port: config.INGEST_PORT,
        host: config.BIND_HOST,
        brokenRequestBody: (detail) => errorBody(randomUUID(), detail),
      }),
    )
    return { url: server.url, started }
  })
}

function fingerprintsOf({ pseudonymKey, retiredPseudonymKey }: PseudonymKeys): KeyFingerprints {
  return {
    current: keyFingerprint(pseudonymKey),
    ...(retiredPseudonymKey !== undefined && { retired: keyFingerprint(retiredPseudonymKey) }),
  }
}
