import { openArchive } from '@millrace/archive/open-archive'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { openLog } from '@millrace/event-log/open-log'
import { openJobQueue } from '@millrace/job-queue/open-job-queue'
import { openService, type RunningService, type ServiceDeps } from '@millrace/runtime/running-service'
import { serveHealth } from '@millrace/runtime/serve-health'
import { startWhenPossible } from '@millrace/runtime/start-when-possible'
import { checkMigrated } from '@millrace/warehouse/check-migrated'
import { createPool } from '@millrace/warehouse/database'
import type { Config } from './config.ts'
import { createJobs } from './create-jobs.ts'
import { type ListJobsDeps, listJobs } from './list-jobs.ts'

const ROLE = 'millrace_jobs'
/** Jobs run beside each other, each with a connection or two. */
const CONNECTIONS = 8

/** The jobs between the log, archive, database and queue that are configured; they begin when all of these are there. */
export function runJobs({ config, logger, registry, now }: ServiceDeps<Config>): Promise<RunningService> {
  const onError = (message: string, err: unknown): void => logger.warn({ err }, message)
  return openService(logger, async (keep) => {
    const pool = createPool({
      url: config.DATABASE_URL,
      role: ROLE,
      name: 'jobs',
      max: CONNECTIONS,
      onError: (error) => onError('lost an idle connection', error),
    })
    keep({ close: () => pool.end() })
    const log = keep(await openLog(config, { clientName: 'jobs', role: ROLE, now, onError }))
    const archive = keep(await openArchive(config, onError))
    const queue = keep(await openJobQueue(config, { now, onError }))
    const jobs = keep(
      startWhenPossible({
        needs: {
          postgres: () => checkMigrated(pool, config.BUSINESS_TIME_ZONE),
          log: () => log.identity(),
          archive: () => archive.head('resume/health'),
          queue: () => queue.counts(),
        },
        start: () =>
          createJobs({
            jobs: listJobs({ ...settingsOf(config), pool, log, archive, logger, registry, now }),
            ...{ queue, pool, logger, registry, now },
          }),
        logger,
      }),
    )
    const server = keep(
      await serveHealth({
        port: config.JOBS_PORT,
        host: config.BIND_HOST,
        registry,
        checks: {
          jobs: jobs.check,
          postgres: () => pool.query('select 1'),
          log: () => log.ranges(EVENTS_TOPIC),
          archive: () => archive.head('resume/health'),
          queue: () => queue.counts(),
        },
      }),
    )
    return { url: server.url, started: jobs.started }
  })
}

function settingsOf(config: Config): Pick<ListJobsDeps, 'timeZone' | 'definitions' | 'keepDays' | 'canary'> {
  const { INGEST_URL: ingestUrl, CANARY_WRITE_KEY: writeKey } = config
  return {
    timeZone: config.BUSINESS_TIME_ZONE,
    definitions: config.MILLRACE_DEFINITIONS,
    keepDays: {
      raw: config.RAW_KEEP_DAYS,
      facts: config.FACTS_KEEP_DAYS,
      quarantine: config.QUARANTINE_KEEP_DAYS,
    },
    ...(ingestUrl && writeKey
      ? {
          canary: {
            ...{ ingestUrl, writeKey },
            source: config.CANARY_SOURCE,
            everySeconds: config.CANARY_SECONDS,
            files: [...(config.LOG_FILE ? [config.LOG_FILE] : []), ...config.CANARY_SEARCH_FILES],
          },
        }
      : {}),
  }
}
