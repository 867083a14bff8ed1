import { Fault } from '@millrace/contracts/fault'
import type { Archive, ArchiveHead } from './archive.ts'
import { parseRawKey, type RawObjectName, rawPrefix } from './raw-key.ts'
import { readRecords } from './read-records.ts'

/** What a raw object holds: contiguous offsets of one partition. */
export interface ArchivedRange {
  readonly partition: number
  readonly firstOffset: number
  readonly lastOffset: number
  readonly count: number
  readonly key: string
}

/** Which objects are listed; all unless given. */
export interface ArchivedChoice {
  /** UTC hours in which their first records were received, as `2026-11-21T12`. */
  readonly hours?: readonly string[]
  /** Decides by the key alone, before the object's metadata are asked for: that is what costs. */
  wanted?(name: RawObjectName): boolean
}

const HEADS_AT_ONCE = 32

/** The topic's raw objects by their keys and metadata, in order of their keys: by hour, then partition, then offset. */
export async function* listArchived(
  archive: Archive,
  topic: string,
  { hours = [''], wanted = () => true }: ArchivedChoice = {},
): AsyncIterable<ArchivedRange> {
  let keys: string[] = []
  for (const hour of hours) {
    const prefix = hour === '' ? rawPrefix(topic) : `${rawPrefix(topic)}received_hour=${hour}/`
    for await (const key of archive.list(prefix)) {
      const name = parseRawKey(key)
      if (name && wanted(name) && keys.push(key) === HEADS_AT_ONCE) {
        yield* await rangesOf(archive, keys)
        keys = []
      }
    }
  }
  yield* await rangesOf(archive, keys)
}

async function rangesOf(archive: Archive, keys: readonly string[]): Promise<readonly ArchivedRange[]> {
  const ranges = await Promise.all(keys.map((key) => readRange(archive, key)))
  return ranges.filter((range) => range !== undefined)
}

/**
 * Undefined when the key is none of a raw object, or its object was deleted since. An object without metadata (copied
 * by other means) is read instead.
 */
export async function readRange(archive: Archive, key: string): Promise<ArchivedRange | undefined> {
  const name = parseRawKey(key)
  const head = name && (await archive.head(key))
  if (!name || !head) return undefined
  return rangeOf(archive, name, head)
}

/** As readRange, of an object whose head is known. */
export async function rangeOf(
  archive: Archive,
  { partition, firstOffset }: RawObjectName,
  { key, metadata }: ArchiveHead,
): Promise<ArchivedRange> {
  const lastOffset = wholeNumber(metadata.last_offset) ?? (await lastOffsetIn(archive, key))
  const count = wholeNumber(metadata.count) ?? lastOffset - firstOffset + 1
  if (lastOffset < firstOffset) {
    throw new Fault('contract_broken', `${key} ends at offset ${lastOffset}, before it begins`)
  }
  return { partition, firstOffset, lastOffset, count, key }
}

async function lastOffsetIn(archive: Archive, key: string): Promise<number> {
  let last = -1
  for await (const { offset } of readRecords(archive, key)) last = offset
  return last
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : undefined
}
