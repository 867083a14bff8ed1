import type { Archive } from '@millrace/archive/archive'
import { listArchived } from '@millrace/archive/list-archived'
import type { EventLog, PartitionRange } from '@millrace/event-log/event-log'
import { readLedger } from '@millrace/warehouse/read-ledger'
import type { OffsetRange, PartitionEvidence } from '@millrace/warehouse/reconcile'
import type { Pool } from 'pg'

export interface EvidenceDeps {
  readonly log: Pick<EventLog, 'ranges'>
  readonly archive: Archive
  readonly pool: Pool
}

/** Where each partition of a topic ended at a moment. */
export type Ends = readonly PartitionRange[]

/** What log, archive and ledger say of a topic's partitions, up to the ends that the log had when it was asked. */
export async function gatherEvidence(
  { log, archive, pool }: EvidenceDeps,
  topic: string,
  ends: Ends,
): Promise<PartitionEvidence[]> {
  const kept = new Map((await log.ranges(topic)).map((range) => [range.partition, range.firstOffset]))
  const ledger = await readLedger(pool, topic)
  const archived: (OffsetRange & { readonly partition: number })[] = []
  for await (const { partition, firstOffset, lastOffset } of listArchived(archive, topic)) {
    archived.push({ partition, from: firstOffset, to: lastOffset })
  }
  return ends.map(({ partition, firstOffset, nextOffset }) => ({
    topic,
    partition,
    firstOffset: kept.get(partition) ?? firstOffset,
    nextOffset,
    archived: archived.filter((range) => range.partition === partition),
    ledger: ledger.filter((entry) => entry.partition === partition),
  }))
}
