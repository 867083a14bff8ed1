import type { Archive } from '@millrace/archive/archive'
import { claimArchive } from '@millrace/archive/claim-archive'
import { createTombstoneReader } from '@millrace/archive/erase/tombstone-objects'
import type { EventLog } from '@millrace/event-log/event-log'
import type { Logger } from '@millrace/runtime/logger'
import { timed } from '@millrace/runtime/timed'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import type { Registry } from 'prom-client'
import { createBatchArchiver } from './archive-batch.ts'
import { createArchiverMetrics } from './archiver-metrics.ts'
import { createResumePoints } from './resume-points.ts'

export const ARCHIVER_GROUP = 'archiver'

export interface ArchiverDeps {
  readonly log: EventLog
  readonly archive: Archive
  readonly topics: readonly string[]
  /** IANA name: objects tell the least and greatest day there of their events. */
  readonly timeZone: string
  /** An object a partition when it holds this many records; 10,000 unless given. */
  readonly flushRecords?: number
  /** A shorter one when its first record has waited so long; 10 unless given. */
  readonly flushSeconds?: number
  readonly logger: Logger
  readonly registry: Registry
  readonly now: () => Date
}

/** Before compression; bounds what one object takes in memory. */
const MAX_BYTES_AN_OBJECT = 32 * 1024 * 1024
/** An object takes some four times its size while it is made, beside its records. */
const OBJECTS_AT_ONCE = 2

/**
 * Starts archiving. Nothing is stored in the archive of another log. close() lets the objects under way be stored; what
 * has not waited long enough stays in the log.
 */
export async function createArchiver(deps: ArchiverDeps): Promise<{ close(): Promise<void> }> {
  const {
    log,
    archive,
    topics,
    timeZone,
    flushRecords = 10_000,
    flushSeconds = 10,
    logger,
    registry,
    now,
  } = deps
  const metrics = createArchiverMetrics({ registry, log, topics, group: ARCHIVER_GROUP, now })
  let claimed = false
  async function claimOnce(): Promise<void> {
    if (!claimed) await claimArchive(archive, await log.identity())
    claimed = true
  }
  const archiveBatch = createBatchArchiver({
    archive,
    resumePoints: createResumePoints(archive),
    businessDate: createBusinessDate(timeZone),
    readTombstones: createTombstoneReader(archive),
    onStored(stored) {
      metrics.countStored(stored)
      logger.debug({ object: stored.key, records: stored.records, bytes: stored.bytes }, 'archived')
    },
  })
  return log.consume({
    topics,
    group: ARCHIVER_GROUP,
    maxRecords: flushRecords,
    minRecords: flushRecords,
    maxWaitMs: flushSeconds * 1_000,
    maxBytes: MAX_BYTES_AN_OBJECT,
    concurrency: OBJECTS_AT_ONCE,
    handle: timed(metrics.batchSeconds, async (batch) => {
      await claimOnce()
      await archiveBatch(batch)
    }),
  })
}
