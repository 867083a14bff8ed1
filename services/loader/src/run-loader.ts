import { openArchive } from '@millrace/archive/open-archive'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { openLog } from '@millrace/event-log/open-log'
import { openService, type RunningService, type ServiceDeps } from '@millrace/runtime/running-service'
import { serveHealth } from '@millrace/runtime/serve-health'
import { startWhenPossible } from '@millrace/runtime/start-when-possible'
import { checkMigrated } from '@millrace/warehouse/check-migrated'
import { createPool } from '@millrace/warehouse/database'
import type { Config } from './config.ts'
import { createLoader } from './create-loader.ts'

const ROLE = 'millrace_loader'

/** The loader from the log that is configured; it begins when that is there and Postgres is of this release. */
export function runLoader({ config, logger, registry, now }: ServiceDeps<Config>): Promise<RunningService> {
  const onError = (message: string, err: unknown): void => logger.warn({ err }, message)
  return openService(logger, async (keep) => {
    const pool = createPool({
      url: config.DATABASE_URL,
      role: ROLE,
      name: 'loader',
      onError: (error) => onError('lost an idle connection', error),
    })
    keep({ close: () => pool.end() })
    const log = keep(await openLog(config, { clientName: 'loader', role: ROLE, now, onError }))
    const archive = keep(await openArchive(config, onError))
    const loader = keep(
      startWhenPossible({
        needs: {
          postgres: () => checkMigrated(pool, config.BUSINESS_TIME_ZONE),
          log: () => log.identity(),
        },
        start: () =>
          createLoader({ pool, log, archive, timeZone: config.BUSINESS_TIME_ZONE, now, logger, registry }),
        logger,
      }),
    )
    const server = keep(
      await serveHealth({
        port: config.LOADER_PORT,
        host: config.BIND_HOST,
        registry,
        checks: {
          loader: loader.check,
          postgres: () => pool.query('select 1'),
          log: () => log.ranges(EVENTS_TOPIC),
        },
      }),
    )
    return { url: server.url, started: loader.started }
  })
}
