import { setTimeout as sleep } from 'node:timers/promises'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { type Closable, closeAll } from '@millrace/runtime/close-on-signal'
import type { Logger } from '@millrace/runtime/logger'
import { openLog } from './open-log.ts'
import { runIngestApi } from './run-ingest-api.ts'
import { runKpiExporter } from './run-kpi-exporter.ts'
import { runLoader } from './run-loader.ts'
import type { RunningService, ServiceDeps } from './service-deps.ts'

export interface ServicesDeps extends Omit<ServiceDeps, 'logger'> {
  readonly loggerFor: (service: string) => Logger
}

/** Where each part answers. */
export interface ServiceUrls {
  readonly api: string
  readonly exporter: string
  readonly loader: string
}

export interface Services extends Closable {
  readonly urls: ServiceUrls
}

/** Leaves Postgres its share of the 5 s in which everything stops. */
const CLOSE_MS = 2500

/** Starts every service in this process. What was started before a failure is stopped again. */
export async function startServices({ loggerFor, ...deps }: ServicesDeps): Promise<Services> {
  const started: RunningService[] = []
  const logger = loggerFor('up')
  // The other way round than they were started: the API, the front door, starts last and stops first.
  const close = async (): Promise<void> => {
    const closed = closeAll(started.splice(0).reverse(), logger)
    if (await withinMs(CLOSE_MS, closed)) return
    logger.warn('a service takes too long to stop; what it was about to do is done again at the next start')
  }
  const start = async (
    name: string,
    run: (deps: ServiceDeps) => Promise<RunningService>,
  ): Promise<string> => {
    const service = await run({ ...deps, logger: loggerFor(name) })
    started.push(service)
    return service.url
  }
  try {
    await makeTopics({ ...deps, logger })
    const exporter = await start('kpi-exporter', runKpiExporter)
    const loader = await start('loader', runLoader)
    const api = await start('ingest-api', runIngestApi)
    return { urls: { api, exporter, loader }, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Whether the work ended within the time. */
async function withinMs(ms: number, work: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController()
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false)
  const inTime = await Promise.race([work.then(() => true), late])
  timer.abort()
  return inTime
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
