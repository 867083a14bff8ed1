import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { type Closable, closeAll } from '@millrace/runtime/close-on-signal'
import { endsWithin } from '@millrace/runtime/ends-within'
import type { Logger } from '@millrace/runtime/logger'
import { openLog } from './open-log.ts'
import { reachableUrl } from './reachable-url.ts'
import { runArchiver } from './run-archiver.ts'
import { runBoard } from './run-board.ts'
import { runIngestApi } from './run-ingest-api.ts'
import { runKpiExporter } from './run-kpi-exporter.ts'
import { runLoader } from './run-loader.ts'
import type { RunningService, ServiceDeps } from './service-deps.ts'

export interface ServicesDeps extends Omit<ServiceDeps, 'logger'> {
  readonly loggerFor: (service: string) => Logger
}

/** The front door first, so that nothing new comes in while the others finish what they have. */
const STOP_ORDER = ['api', 'archiver', 'loader', 'exporter', 'board'] as const
type ServiceName = (typeof STOP_ORDER)[number]

/** Where each part answers. */
export type ServiceUrls = Readonly<Record<ServiceName, string>>

export interface Services extends Closable {
  readonly urls: ServiceUrls
}

/** Leaves Postgres its share of the 5 s in which everything stops. */
const CLOSE_MS = 2000

/** Starts every service in this process. What was started before a failure is stopped again. */
export async function startServices({ loggerFor, ...deps }: ServicesDeps): Promise<Services> {
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
  const start = async (
    name: ServiceName,
    run: (deps: ServiceDeps) => Promise<RunningService>,
  ): Promise<string> => {
    const service = await run({ ...deps, logger: loggerFor(name) })
    started.set(name, service)
    return reachableUrl(service.url)
  }
  try {
    await makeTopics({ ...deps, logger })
    const exporter = await start('exporter', runKpiExporter)
    const loader = await start('loader', runLoader)
    const archiver = await start('archiver', runArchiver)
    const api = await start('api', runIngestApi)
    const board = await start('board', (boardDeps) => runBoard(boardDeps, api))
    return { urls: { api, board, exporter, loader, archiver }, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function makeTopics(deps: ServiceDeps): Promise<void> {
  const { LOG_PARTITIONS: partitions, LOG_RETENTION_HOURS: retentionHours } = deps.config
  const log = openLog(deps, 'up', 'millrace_ingest')
  try {
    await log.ensureTopics(
      [EVENTS_TOPIC, QUARANTINE_TOPIC].map((topic) => ({ topic, partitions, retentionHours })),
    )
  } finally {
    await log.close()
  }
}
