import { runArchiver } from '@millrace/archiver/run-archiver'
import { runBoard } from '@millrace/board/run-board'
import { runIngestApi } from '@millrace/ingest-api/run-ingest-api'
import { runJobs } from '@millrace/jobs/run-jobs'
import { runKpiExporter } from '@millrace/kpi-exporter/run-kpi-exporter'
import { runLoader } from '@millrace/loader/run-loader'
import { type Closable, closeAll } from '@millrace/runtime/close-on-signal'
import { endsWithin } from '@millrace/runtime/ends-within'
import type { Logger } from '@millrace/runtime/logger'
import type { RunningService, ServiceDeps } from '@millrace/runtime/running-service'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { reachableUrl } from '../reachable-url.ts'
import type { Config } from './config.ts'
import type { Keys } from './open-keys.ts'

export interface ServicesDeps {
  /** With the DATABASE_URL of the Postgres that was opened. */
  readonly config: Config & { readonly DATABASE_URL: string }
  readonly keys: Keys
  readonly loggerFor: (service: string) => Logger
  readonly now: () => Date
}

/** The front door first, so that nothing new comes in while the others finish what they have. */
const STOP_ORDER = ['api', 'archiver', 'loader', 'exporter', 'board', 'jobs'] as const
type ServiceName = (typeof STOP_ORDER)[number]

/** Where each part answers. */
export type ServiceUrls = Readonly<Record<ServiceName, string>>

export interface Services extends Closable {
  readonly urls: ServiceUrls
}

/** Leaves Postgres its share of the 5 s in which everything stops. */
const CLOSE_MS = 2000

/** Starts every service in this process. What was started before a failure is stopped again. */
export async function startServices({
  loggerFor,
  now,
  keys,
  config: given,
}: ServicesDeps): Promise<Services> {
  const logger = loggerFor('up')
  const started = new Map<ServiceName, RunningService>()
  const close = async (): Promise<void> => {
    const closed = closeAll(
      STOP_ORDER.flatMap((name) => started.get(name) ?? []),
      logger,
    )
    if (await endsWithin(CLOSE_MS, closed)) return
    logger.warn('a service takes too long to stop; what it was about to do is done again at the next start')
  }
  async function start<C>(
    name: ServiceName,
    run: (service: ServiceDeps<C>) => Promise<RunningService>,
    config: C,
  ): Promise<string> {
    // The process's own figures stand once, with the API's.
    const registry = createServiceMetrics({ process: name === 'api' })
    const service = await run({ config, logger: loggerFor(name), registry, now })
    started.set(name, service)
    await service.started
    return reachableUrl(service.url)
  }

  const config = {
    ...given,
    WRITE_KEYS: JSON.stringify(keys.writeKeys),
    PSEUDONYM_KEY: keys.pseudonymKey,
    PSEUDONYM_KEY_RETIRED: keys.retiredPseudonymKey,
  }
  try {
    const exporter = await start('exporter', runKpiExporter, config)
    const loader = await start('loader', runLoader, config)
    const archiver = await start('archiver', runArchiver, config)
    const api = await start('api', runIngestApi, config)
    const board = await start('board', runBoard, {
      ...config,
      INGEST_URL: config.INGEST_URL ?? api,
      PUBLIC_WRITE_KEY: config.PUBLIC_WRITE_KEY ?? keyOfThePage(keys),
    })
    const jobs = await start('jobs', runJobs, { ...config, INGEST_URL: api, ...canaryOf(keys, config) })
    return { urls: { api, board, exporter, loader, archiver, jobs }, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A key for certain pages or events would not do for the board's own page and samples. */
function keyOfThePage({ writeKeys }: Keys): string | undefined {
  return writeKeys.find(
    ({ kind, origins, events, canary }) => kind === 'public' && !origins && !events && !canary,
  )?.key
}

/** The canary goes in by a key of its own: without one no delay is measured and no leak found. */
function canaryOf({ writeKeys }: Keys, given: Config): Pick<Config, 'CANARY_WRITE_KEY' | 'CANARY_SOURCE'> {
  const { CANARY_WRITE_KEY: named } = given
  const found = writeKeys.find(({ key, canary }) => (named ? key === named : canary))
  return { CANARY_WRITE_KEY: found?.key, CANARY_SOURCE: found?.source ?? given.CANARY_SOURCE }
}
