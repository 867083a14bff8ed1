import type { Archive } from '@millrace/archive/archive'
import { Fault } from '@millrace/contracts/fault'
import { MAX_EVENTS } from '@millrace/contracts/parse-batch'
import type { PrivacyPolicy } from '@millrace/contracts/privacy-policy'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { WriteKey } from '@millrace/contracts/write-key'
import type { EventLog } from '@millrace/event-log/event-log'
import { healthRoutes } from '@millrace/runtime/health-routes'
import type { Logger } from '@millrace/runtime/logger'
import type { Scrubber } from '@millrace/scrub/create-scrubber'
import express, { type Express } from 'express'
import helmet from 'helmet'
import type { Registry } from 'prom-client'
import { answerError, answerNotFound, methodNotAllowed } from './answer-otherwise.ts'
import { DEFAULT_CATEGORIES } from './consent.ts'
import { createCors } from './cors.ts'
import { documentRoutes } from './document-routes.ts'
import { eventRoutes } from './event-routes.ts'
import { countJudged, createIngestMetrics } from './ingest-metrics.ts'
import { type ConsentPolicy, createJudge } from './judge-batch.ts'
import { createRateLimit } from './rate-limit.ts'
import { createReceiver } from './receive-events.ts'
import { type CommitLimits, createSpoolingCommit } from './spooling-commit.ts'
import { watchRequests } from './watch-requests.ts'

export interface IngestLimits extends CommitLimits {
  /** Older events are rejected, unless their key is historical. */
  readonly maxEventAgeDays: number
  readonly consentPolicy: ConsentPolicy
  /** In lower case: the consent categories that stand for analytics. */
  readonly analyticsCategories: ReadonlySet<string>
  /** `DNT: 1` is a denial, as `Sec-GPC: 1` always is. */
  readonly honourDnt: boolean
  /** Of one body, inflated. */
  readonly maxBodyBytes: number
  readonly bodyTimeoutMs: number
}

const DEFAULT_LIMITS: IngestLimits = {
  maxEventAgeDays: 30,
  consentPolicy: 'suppress',
  analyticsCategories: DEFAULT_CATEGORIES,
  honourDnt: false,
  maxBodyBytes: 1024 * 1024,
  bodyTimeoutMs: 20_000,
  maxHeldBytes: 32 * 1024 * 1024,
  maxGroupBytes: 1024 * 1024,
  maxSpoolBytes: 4 * 1024 * 1024,
  maxWaitMs: 2_500,
  maxPutMs: 2_500,
  spoolLingerMs: 100,
  tryEveryMs: 1_000,
}

export interface IngestDeps {
  readonly keys: readonly WriteKey[]
  /** Its publish rejects within 2 s when it cannot take it. */
  readonly log: Pick<EventLog, 'publish' | 'ranges'>
  /** Takes events while the log is away. */
  readonly archive: Pick<Archive, 'putIfAbsent' | 'head'>
  readonly scrubber: Scrubber
  /** That of the scrubber, for the documentation. */
  readonly policy?: PrivacyPolicy
  readonly now: () => Date
  readonly newRequestId: () => string
  readonly logger: Logger
  readonly registry: Registry
  /** Shown in the documentation. */
  readonly version: string
  readonly limits?: Partial<IngestLimits>
  /** Express's `trust proxy`: which hops may say who the client is. Without it the socket's address is the client's. */
  readonly trustProxy?: number | string
}

/**
 * The HTTP contract of docs/design.md section 4. Closing it is the server's part: it holds nothing once all is answered.
 * @throws Fault `config_invalid` when trustProxy is no number of hops and no list of addresses.
 */
export function createIngestApi(deps: IngestDeps): Express {
  const { keys, scrubber, now, logger, registry, newRequestId, version } = deps
  const limits = { ...DEFAULT_LIMITS, ...deps.limits }
  const metrics = createIngestMetrics(registry)
  const receiveEvents = createReceiver({
    keys: new Map(keys.map((key) => [key.key, key])),
    rateLimit: createRateLimit(keys, MAX_EVENTS),
    judgeBatch: createJudge({ scrubber, ...limits }),
    commit: createSpoolingCommit({ log: deps.log, archive: deps.archive, limits, metrics, logger }),
    honourDnt: limits.honourDnt,
    now,
    onJudged: (judged) => countJudged(metrics, judged),
  })

  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', false)
  trustProxy(app, deps.trustProxy ?? false)
  app.use(watchRequests({ metrics, logger, newRequestId }))
  app.use(securityHeaders())
  app.use(eventRoutes({ receiveEvents, cors: createCors(keys), limits }))
  app.use(documentRoutes(version, deps.policy ?? { rules: [] }))
  app.use(healthRoutes({ checks: { log_or_spool: () => canStore(deps) }, registry }))
  for (const path of ['/health/live', '/health/ready', '/metrics'])
    app.all(path, methodNotAllowed('GET, HEAD'))
  app.use(answerNotFound)
  app.use(answerError(logger))
  return app
}

/** Rejects while neither can be asked: while the log alone is away, requests are wanted. */
async function canStore({ log, archive }: Pick<IngestDeps, 'log' | 'archive'>): Promise<void> {
  await Promise.any([log.ranges(EVENTS_TOPIC), archive.head('spool/health')])
}

function trustProxy(app: Express, proxies: number | string | false): void {
  try {
    app.set('trust proxy', proxies)
  } catch (cause) {
    const expected = 'expected a number of proxies or their addresses, as 10.0.0.0/8, loopback'
    throw new Fault('config_invalid', `TRUST_PROXY: ${expected}`, { cause })
  }
}

/** Nothing here is a page but /docs, which sets what it needs. */
function securityHeaders() {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    // Pages of other sites post here; whether they may read the answer is for CORS to say.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  })
}
