import type { Archive } from '@millrace/archive/archive'
import { createBatchArchiver } from '@millrace/archiver/archive-batch'
import { createResumePoints } from '@millrace/archiver/resume-points'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import { batchOf } from './loading.ts'

export interface ArchiveOptions {
  readonly timeZone: string
  readonly recordsAnObject: number
  /** Where the partitions go on; 0 unless given. */
  readonly firstOffset?: number
}

/** Puts the partitions of events.v1 into the archive by the archiver's own step. */
export async function archivePartitions(
  archive: Archive,
  partitions: readonly (readonly StampedEvent[])[],
  { timeZone, recordsAnObject, firstOffset = 0 }: ArchiveOptions,
): Promise<void> {
  const archiveBatch = createBatchArchiver({
    archive,
    resumePoints: createResumePoints(archive),
    businessDate: createBusinessDate(timeZone),
    readTombstones: async () => undefined,
    onStored: () => undefined,
  })
  for (const [partition, events] of partitions.entries()) {
    for (let from = 0; from < events.length; from += recordsAnObject) {
      const some = events.slice(from, from + recordsAnObject)
      await archiveBatch(batchOf(some, partition, firstOffset + from))
    }
  }
}
