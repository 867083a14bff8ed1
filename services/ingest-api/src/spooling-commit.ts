import type { Archive } from '@millrace/archive/archive'
import type { EventLog, TopicRecords } from '@millrace/event-log/event-log'
import type { Logger } from '@millrace/runtime/logger'
import { createGroupCommit, type GroupCommit, isWeather } from './group-commit.ts'
import { type IngestMetrics, meteredLog, meteredSpool } from './ingest-metrics.ts'
import { createLogOutage } from './log-outage.ts'
import { createSpoolWriter } from './spool-writer.ts'

export interface CommitLimits {
  /** Of the records that wait for the log, or for the spool, or are on their way there; beyond it, 503. */
  readonly maxHeldBytes: number
  /** Records of concurrent requests are joined into one publish up to this size. */
  readonly maxGroupBytes: number
  /** The same for one object of the spool: each costs a request of S3, and a few fsyncs in a folder. */
  readonly maxSpoolBytes: number
  /** A request that waits longer for its turn gets a 503. */
  readonly maxWaitMs: number
  /** A put into the spool that takes longer is given up. */
  readonly maxPutMs: number
  readonly spoolLingerMs: number
  /** While the log is away, one request tries it again that long after the one before. */
  readonly tryEveryMs: number
}

export interface SpoolingCommitDeps {
  /** Rejects within 2 s when it cannot take a publish. */
  readonly log: Pick<EventLog, 'publish'>
  readonly archive: Pick<Archive, 'putIfAbsent'>
  readonly limits: CommitLimits
  readonly metrics: IngestMetrics
  readonly logger: Logger
}

/**
 * Stores records in the log; while that is away, in the spool of the archive, from where a job publishes them later.
 * The requests that find out wait for the log's time limit, those after them do not.
 */
export function createSpoolingCommit(deps: SpoolingCommitDeps): GroupCommit {
  const { limits, metrics, logger } = deps
  const log = meteredLog(deps.log, metrics)
  const writeSpool = meteredSpool(createSpoolWriter({ ...deps, ...limits }), metrics)
  const outage = createLogOutage({
    ...limits,
    onBegin(error) {
      metrics.spoolInUse.set(1)
      logger.warn({ reason: reasonOf(error) }, 'the log is away: events go to the spool')
    },
    onEnd(seconds) {
      metrics.spoolInUse.set(0)
      refusing = false
      logger.info({ seconds }, 'the log takes events again')
    },
  })
  let refusing = false
  const toLog = createGroupCommit({ ...limits, store: publish })
  const toSpool = createGroupCommit({
    ...limits,
    store: spool,
    maxGroupBytes: limits.maxSpoolBytes,
    lingerMs: limits.spoolLingerMs,
  })

  async function publish(batches: readonly TopicRecords[]): Promise<void> {
    try {
      await log.publish(batches)
    } catch (error) {
      if (outage.isOn() || isWeather(error)) outage.begin(error)
      throw error
    }
    outage.end()
  }

  async function spool(batches: readonly TopicRecords[], receivedAt: Date): Promise<void> {
    try {
      await writeSpool(batches, receivedAt)
    } catch (error) {
      if (!refusing) logger.error({ reason: reasonOf(error) }, 'the spool is away too: requests are refused')
      refusing = true
      throw error
    }
    if (refusing) logger.info('the spool takes events again')
    refusing = false
  }

  return {
    isFull: () => (outage.isOn() ? toSpool : toLog).isFull(),
    async publish(commit) {
      if (outage.triesLog()) {
        try {
          return await toLog.publish(commit)
        } catch (error) {
          // Refused for another reason than an outage, such as too much that waits: the spool is no way around that.
          if (!outage.isOn()) throw error
          outage.begin(error)
        }
      }
      await toSpool.publish(commit)
    },
  }
}

/** Only the message: servers' clients hang their settings on an error. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
