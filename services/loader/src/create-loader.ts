import type { Archive } from '@millrace/archive/archive'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'
import type { Logger } from '@millrace/runtime/logger'
import { timed } from '@millrace/runtime/timed'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import { claimLedger } from '@millrace/warehouse/claim-ledger'
import { confirmEnd, makeKnown } from '@millrace/warehouse/load-position'
import { createFactWriter } from '@millrace/warehouse/write/write-facts'
import type { Pool } from 'pg'
import type { Registry } from 'prom-client'
import { createBatchLoader } from './load-batch.ts'
import { createLoaderMetrics } from './loader-metrics.ts'
import { createPositionKeeper } from './position-keeper.ts'
import { watchSpool } from './watch-spool.ts'

const LOADER_GROUP = 'loader'
const TOPICS = [EVENTS_TOPIC, QUARANTINE_TOPIC]

export interface LoaderDeps {
  /** Connections as role millrace_loader; two at least. */
  readonly pool: Pool
  readonly log: EventLog
  /** Its spool is what the log has not got yet. */
  readonly archive: Pick<Archive, 'list'>
  readonly now: () => Date
  /** IANA name: the day of every fact is a day there. */
  readonly timeZone: string
  readonly maxRecords?: number
  readonly logger: Logger
  readonly registry: Registry
}

/**
 * Starts loading the log into the warehouse. close() lets the batches under way commit.
 * @throws Fault `config_invalid` when the database was loaded from another log.
 */
export async function createLoader(deps: LoaderDeps): Promise<{ close(): Promise<void> }> {
  const { pool, log, timeZone, maxRecords = 5_000, logger, registry } = deps
  await claimLedger(pool, await log.identity())
  const metrics = createLoaderMetrics(registry)
  const businessDate = createBusinessDate(timeZone)
  const spool = watchSpool(deps)
  const loadBatch = createBatchLoader({
    writeFacts: timed(metrics.batchSeconds, createFactWriter({ pool, businessDate })),
    positions: createPositionKeeper(pool, logger),
    businessDate,
    inLogUntil: spool.inLogUntil,
    onLoaded: metrics.countOutcome,
  })
  const known = new Set<string>()
  /** Before anything of a topic counts as complete: topics may be made after we have started. */
  async function makeTopicKnown(topic: string): Promise<void> {
    if (known.has(topic)) return
    for (const { partition, firstOffset } of await log.ranges(topic))
      await makeKnown(pool, topic, partition, firstOffset)
    known.add(topic)
  }

  const consumer = await log.consume({
    topics: TOPICS,
    group: LOADER_GROUP,
    maxRecords,
    async handle(batch) {
      await makeTopicKnown(batch.topic)
      await loadBatch(batch)
    },
    async endReached(end) {
      await makeTopicKnown(end.topic)
      const checkedAt = spool.inLogUntil(end.checkedAt)
      if (checkedAt) await confirmEnd(pool, { ...end, checkedAt })
    },
  })
  return {
    async close() {
      await consumer.close()
      await spool.close()
    },
  }
}
