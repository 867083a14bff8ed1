import type { Archive } from '@millrace/archive/archive'
import { readRange } from '@millrace/archive/list-archived'
import type { IsErased } from '@millrace/contracts/erase-people'
import { Fault } from '@millrace/contracts/fault'
import type { LogBatch } from '@millrace/event-log/event-log'
import { describeObject } from './describe-object.ts'
import type { ResumePoints } from './resume-points.ts'

export interface ArchiveDeps {
  readonly archive: Archive
  readonly resumePoints: ResumePoints
  readonly businessDate: (epochMs: number) => string
  /** Who is to be forgotten, as the archive says now; undefined when nobody is. */
  readTombstones(): Promise<IsErased | undefined>
  /** Told of each object that was stored now. */
  onStored(stored: StoredObject): void
}

export interface StoredObject {
  readonly topic: string
  readonly key: string
  readonly records: number
  readonly bytes: number
}

/**
 * The story of a batch: what is not yet in the archive is put there, each record once, however often the batch comes
 * and however many archivers work on it. Every writer puts the object that begins at the first missing offset, and puts
 * it only if it is absent; who comes second goes on behind what the first one stored.
 */
export function createBatchArchiver(deps: ArchiveDeps): (batch: LogBatch) => Promise<void> {
  const { resumePoints } = deps
  return async function archiveBatch(batch) {
    const first = batch.records[0]?.offset ?? 0
    const handled = first + batch.records.length - 1
    let missing = await resumePoints.firstMissing({ ...batch, offset: first })
    while (missing <= handled) {
      missing = 1 + (await storeFrom(deps, { ...batch, records: batch.records.slice(missing - first) }))
    }
    await resumePoints.remember(batch, { first, handled, archived: missing - 1 })
  }
}

/**
 * Returns the last offset of the object that begins with the first of these records, whoever stored it. Tombstones are
 * read before each put, of records that are here already. So what was published after an erasure had put its tombstones
 * is put without the person; and what the log held then is in the archive once the archiver's position has passed it,
 * which the erasure waits for before it looks for the last time.
 */
async function storeFrom(deps: ArchiveDeps, rest: LogBatch): Promise<number> {
  const { archive, businessDate, readTombstones, onStored } = deps
  const { key, body, metadata } = await describeObject(rest, businessDate, await readTombstones())
  if ((await archive.putIfAbsent(key, body, metadata)) === 'created') {
    onStored({ topic: rest.topic, key, records: rest.records.length, bytes: body.length })
    return Number(metadata.last_offset)
  }
  const there = await readRange(archive, key)
  if (!there) throw new Fault('archive_unavailable', `${key} was deleted while it was archived`)
  return there.lastOffset
}
