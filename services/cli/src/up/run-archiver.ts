import path from 'node:path'
import { createFolderArchive } from '@millrace/archive/folder'
import { createArchiver } from '@millrace/archiver/create-archiver'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { closeAll } from '@millrace/runtime/close-on-signal'
import { serveHealth } from '@millrace/runtime/serve-health'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { openLog } from './open-log.ts'
import type { RunningService, ServiceDeps } from './service-deps.ts'

export async function runArchiver(deps: ServiceDeps): Promise<RunningService> {
  const { config, dataDir, logger, now } = deps
  const registry = createServiceMetrics()
  const log = openLog(deps, 'archiver', 'millrace_archiver')
  const archive = createFolderArchive({
    folder: path.join(dataDir, 'archive'),
    onError: (message, error) => logger.warn({ err: error }, message),
  })
  const archiver = await createArchiver({
    log,
    archive,
    topics: [EVENTS_TOPIC, QUARANTINE_TOPIC],
    timeZone: config.BUSINESS_TIME_ZONE,
    flushRecords: config.ARCHIVE_FLUSH_RECORDS,
    flushSeconds: config.ARCHIVE_FLUSH_SECONDS,
    logger,
    registry,
    now,
  })
  const server = await serveHealth({
    port: config.ARCHIVER_PORT,
    host: config.BIND_HOST,
    checks: { log: () => log.ranges(EVENTS_TOPIC), archive: () => archive.head('resume/health') },
    registry,
  })
  const parts = [server, archiver, log, archive]
  return { url: server.url, close: async () => void (await closeAll(parts, logger)) }
}
