import type { Archive } from '@millrace/archive/archive'
import { readRange } from '@millrace/archive/list-archived'
import type { RawObject } from '@millrace/archive/list-raw-objects'
import { type ArchivedRecord, readRecords } from '@millrace/archive/read-records'

/** The objects that hold records from this offset on. */
export async function objectsFrom(
  archive: Archive,
  objects: readonly RawObject[],
  offset: number,
): Promise<readonly RawObject[]> {
  const index = objects.findLastIndex(({ firstOffset }) => firstOffset <= offset)
  const first = objects[index]
  if (!first) return objects
  const range = await readRange(archive, first.key)
  return objects.slice(range && range.lastOffset >= offset ? index : index + 1)
}

/** Part of a partition's records: from `from` up to, not including, `to`. */
export interface Stretch {
  /** In order; the first one holds `from` or begins behind it. */
  readonly objects: readonly RawObject[]
  readonly from: number
  readonly to: number
}

export interface Chunk {
  readonly records: readonly ArchivedRecord[]
  /** What is left of the stretch; empty when it is read. */
  readonly rest: Stretch
  /** Records that are in no object although later ones are. */
  readonly missing: number
}

/**
 * Reads objects until there are so many records. A list of objects is no snapshot: one that was put while they were
 * listed may be unknown although its successor is known. So a gap is believed only when `isGone` says so of its first
 * offset, else reading ends there.
 */
export async function readChunk(
  archive: Archive,
  { objects, from, to }: Stretch,
  { atLeast, isGone }: { readonly atLeast: number; isGone(offset: number): Promise<boolean> },
): Promise<Chunk> {
  const records: ArchivedRecord[] = []
  let [next, missing, index] = [from, 0, 0]
  for (; index < objects.length && next < to && records.length < atLeast; index++) {
    const { key, firstOffset } = objects[index] as RawObject
    if (firstOffset > next) {
      if (firstOffset >= to || !(await isGone(next))) return { records, rest: nothingAfter(next), missing }
      missing += firstOffset - next
      next = firstOffset
    }
    for await (const record of readRecords(archive, key)) {
      if (record.offset < next || record.offset >= to) continue
      records.push(record)
      next = record.offset + 1
    }
  }
  return { records, rest: { objects: objects.slice(index), from: next, to }, missing }
}

function nothingAfter(next: number): Stretch {
  return { objects: [], from: next, to: next }
}
