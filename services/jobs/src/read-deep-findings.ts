import type { Archive } from '@millrace/archive/archive'
import { type ArchivedRange, listArchived } from '@millrace/archive/list-archived'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import { readTimeZone } from '@millrace/warehouse/read-time-zone'
import {
  readFactsDeletedBefore,
  readWarehouseCounts,
  type WarehouseCounts,
} from '@millrace/warehouse/reconcile-facts'
import type { Finding } from '@millrace/warehouse/reconcile-findings'
import type { Pool } from 'pg'
import { checkEvents } from './reconcile/check-events.ts'
import { checkObject } from './reconcile/check-object.ts'

export interface DeepDeps {
  readonly archive: Archive
  readonly pool: Pool
  /** Told after each object. */
  progress(done: DeepProgress): void
}

export interface DeepProgress {
  readonly objects: number
  readonly records: number
  readonly findings: number
}

export interface DeepRead extends DeepProgress {
  readonly counts: WarehouseCounts
  /** No more ids than events were loaded, no more facts than ids. */
  readonly countsAgree: boolean
}

/**
 * Reads the whole archive: every object against its metadata, every event of it against event_seen, fact_event and the
 * quarantine. Nothing is written.
 */
export async function readDeepFindings(
  { archive, pool, progress }: DeepDeps,
  topics: readonly string[],
): Promise<{ readonly read: DeepRead; readonly lost: readonly Finding[] }> {
  const deps = {
    pool,
    businessDate: createBusinessDate(await readTimeZone(pool)),
    factsDeletedBefore: await readFactsDeletedBefore(pool),
  }
  const lost: Finding[] = []
  let [objects, records] = [0, 0]
  const check = async (topic: string, range: ArchivedRange): Promise<void> => {
    const checked = await checkObject(archive, topic, range)
    lost.push(...checked.findings)
    const { partition, key: object } = range
    if (topic === EVENTS_TOPIC)
      lost.push(...(await checkEvents(deps, { topic, partition, object, records: checked.records })))
    objects += 1
    records += checked.records.length
    progress({ objects, records, findings: lost.length })
  }
  for (const topic of topics) {
    for await (const range of listArchived(archive, topic)) await check(topic, range)
  }
  const counts = await readWarehouseCounts(pool)
  const { loaded, erased, eventSeen, factEvent } = counts
  const countsAgree = eventSeen <= loaded + erased && factEvent <= eventSeen
  return { read: { objects, records, findings: lost.length, counts, countsAgree }, lost }
}
