import type { Archive } from '@millrace/archive/archive'
import type { ErasedCounts } from '@millrace/archive/erase/erase-object'
import { BROKEN_SPOOL } from '@millrace/archive/spool/spool-key'
import {
  type ErasedObject,
  noteErasedObject,
  readErasedObjects,
  waitForCompactors,
} from '@millrace/warehouse/erase/erased-objects'
import type { Pool } from 'pg'
import { readPartitionEnds } from '../read-partition-ends.ts'
import { createObjectEraser } from './create-object-eraser.ts'
import { type Behind, type WaitDeps, waitForGroup } from './wait-for-group.ts'

export interface EraseArchiveDeps extends WaitDeps {
  readonly pool: Pool
  readonly archive: Archive
  progress(step: string): void
}

/** What of the archive was replaced, over all runs of this erasure. */
export interface ArchiveCounts {
  readonly spool: StoreCounts
  readonly raw: StoreCounts
  readonly parquet: StoreCounts
}

export interface StoreCounts extends ErasedCounts {
  readonly objects: number
}

export interface ErasedArchive {
  readonly archive: ArchiveCounts
  /** Records that the archiver is still to come to; it puts them without the person. */
  readonly behind: readonly Behind[]
  /** Objects that nobody can read, and so nobody can search. */
  readonly unreadable: number
}

/** Spool, raw objects and Parquet, after the tombstones were put. */
export async function eraseArchive(
  deps: EraseArchiveDeps,
  {
    erasureId,
    ...whom
  }: {
    readonly erasureId: string
    readonly people: ReadonlySet<string>
    readonly erasedAt: string
  },
): Promise<ErasedArchive> {
  const { pool, archive, log, progress } = deps
  // What is published from here on the archiver sees with the tombstones.
  const ends = await readPartitionEnds(log)
  const erase = createObjectEraser({
    ...{ archive, ...whom },
    note: (key, counts) => noteErasedObject(pool, erasureId, key, counts),
  })
  progress('looking into the spool')
  await erase.spool()
  progress('looking into the raw archive')
  await erase.raw()
  progress('waiting for the archiver')
  const behind = await waitForGroup(deps, 'archiver', ends)
  await erase.raw()
  progress('looking into Parquet')
  // A compactor that has read before may still write what it read.
  await waitForCompactors(pool)
  await erase.parquet()
  return {
    archive: countObjects(await readErasedObjects(pool, erasureId)),
    behind,
    unreadable: await count(archive.list(BROKEN_SPOOL)),
  }
}

/** By what their keys begin with. */
export function countObjects(objects: readonly ErasedObject[]): ArchiveCounts {
  const below = (prefix: string): StoreCounts => {
    const own = objects.filter(({ key }) => key.startsWith(prefix))
    const sum = (pick: (object: ErasedCounts) => number): number =>
      own.reduce((total, object) => total + pick(object), 0)
    return {
      objects: own.length,
      erased: sum(({ erased }) => erased),
      redacted: sum(({ redacted }) => redacted),
    }
  }
  return { spool: below('spool/'), raw: below('raw/'), parquet: below('parquet/') }
}

async function count(keys: AsyncIterable<string>): Promise<number> {
  let found = 0
  for await (const _key of keys) found += 1
  return found
}
