import { claimArchive } from '@millrace/archive/claim-archive'
import { openArchive } from '@millrace/archive/open-archive'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { openLog } from '@millrace/event-log/open-log'
import { openService, type RunningService, type ServiceDeps } from '@millrace/runtime/running-service'
import { serveHealth } from '@millrace/runtime/serve-health'
import { startWhenPossible } from '@millrace/runtime/start-when-possible'
import type { Config } from './config.ts'
import { createArchiver } from './create-archiver.ts'

/** The archiver between the log and the archive that are configured; it begins when both are there. */
export function runArchiver({ config, logger, registry, now }: ServiceDeps<Config>): Promise<RunningService> {
  const onError = (message: string, err: unknown): void => logger.warn({ err }, message)
  return openService(logger, async (keep) => {
    const log = keep(
      await openLog(config, { clientName: 'archiver', role: 'millrace_archiver', now, onError }),
    )
    const archive = keep(await openArchive(config, onError))
    const archiver = keep(
      startWhenPossible({
        needs: {
          log: () => log.identity(),
          archive: async () => claimArchive(archive, await log.identity()),
        },
        start: () =>
          createArchiver({
            log,
            archive,
            topics: [EVENTS_TOPIC, QUARANTINE_TOPIC],
            timeZone: config.BUSINESS_TIME_ZONE,
            flushRecords: config.ARCHIVE_FLUSH_RECORDS,
            flushSeconds: config.ARCHIVE_FLUSH_SECONDS,
            logger,
            registry,
            now,
          }),
        logger,
      }),
    )
    const server = keep(
      await serveHealth({
        port: config.ARCHIVER_PORT,
        host: config.BIND_HOST,
        registry,
        checks: {
          archiver: archiver.check,
          log: () => log.ranges(EVENTS_TOPIC),
          archive: () => archive.head('resume/health'),
        },
      }),
    )
    return { url: server.url, started: archiver.started }
  })
}
