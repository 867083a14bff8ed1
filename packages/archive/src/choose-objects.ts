import type { Archive } from './archive.ts'
import { type ArchivedRange, readRange } from './list-archived.ts'
import { parseRawKey, type RawObjectName, rawPrefix } from './raw-key.ts'

/** Both included; texts in their own order. */
export interface Bounds {
  readonly from: string
  readonly to: string
}

/** A raw object with what its metadata say of its records; absent where they do not say it. */
export interface ArchivedObject extends ArchivedRange {
  /** ISO 8601 UTC: when its records were received. */
  readonly received?: Bounds
  /** yyyy-mm-dd in the business time zone. */
  readonly businessDates?: Bounds
}

/** Which objects are wanted: those that may hold a record of which all of this is true. */
export interface ObjectChoice {
  /** By partition, both ends included; a partition that is not named is not wanted. */
  readonly offsets?: ReadonlyMap<number, { readonly from: number; readonly to: number }>
  /** UTC hours of receiving, as `2026-11-21T12`. */
  readonly hours?: Bounds
  /** yyyy-mm-dd */
  readonly businessDays?: Bounds
}

/**
 * The objects of a topic that may hold what is wanted, by their keys and metadata only, in order of partition and
 * offset. One that lost its metadata (copied by other means) may hold anything.
 */
export async function chooseObjects(
  archive: Archive,
  topic: string,
  choice: ObjectChoice,
): Promise<ArchivedObject[]> {
  return (await listObjects(archive, topic, choice)).filter((object) => mayHold(object, choice))
}

/**
 * The objects that their keys alone cannot rule out. In each partition they are neighbours: where one ends and the next
 * does not begin, an object is missing.
 */
export async function listObjects(
  archive: Archive,
  topic: string,
  choice: ObjectChoice,
): Promise<ArchivedObject[]> {
  const names: RawObjectName[] = []
  const keys = new Map<RawObjectName, string>()
  for await (const key of archive.list(rawPrefix(topic))) {
    const name = parseRawKey(key)
    if (!name) continue
    names.push(name)
    keys.set(name, key)
  }
  names.sort((a, b) => a.partition - b.partition || a.firstOffset - b.firstOffset)
  // Only what lies before everything else of its partition is left out by its time, so that no hole comes about.
  const begun = new Set<number>()
  const possible = names.filter((name, index) => {
    const follower = followerOf(names, index)
    if (!begun.has(name.partition) && follower && isTooEarly(name, follower, choice)) return false
    begun.add(name.partition)
    return mayHaveOffsets(name, follower, choice)
  })
  return describeAll(
    archive,
    possible.map((name) => keys.get(name) ?? ''),
  )
}

/** What an object's metadata say; an object that was deleted since holds nothing. */
export function mayHold(object: ArchivedObject, { offsets, hours, businessDays }: ObjectChoice): boolean {
  const { received, businessDates } = object
  if (offsets) {
    const range = offsets.get(object.partition)
    if (!range || object.firstOffset > range.to || object.lastOffset < range.from) return false
  }
  if (hours && received && (received.from.slice(0, 13) > hours.to || received.to.slice(0, 13) < hours.from)) {
    return false
  }
  return (
    !businessDays ||
    !businessDates ||
    (businessDates.from <= businessDays.to && businessDates.to >= businessDays.from)
  )
}

function followerOf(names: readonly RawObjectName[], index: number): RawObjectName | undefined {
  const follower = names[index + 1]
  return follower?.partition === names[index]?.partition ? follower : undefined
}

function mayHaveOffsets(
  name: RawObjectName,
  follower: RawObjectName | undefined,
  { offsets }: ObjectChoice,
): boolean {
  if (!offsets) return true
  const range = offsets.get(name.partition)
  return (
    range !== undefined &&
    name.firstOffset <= range.to &&
    (follower === undefined || follower.firstOffset > range.from)
  )
}

/**
 * An object was received before its follower, but for events that waited in a spool, and nothing happens after it was
 * received. A month bounds how long a spool waits.
 */
const SLACK_MS = 31 * 24 * 60 * 60_000
/** The hour in the key of an object whose first record tells none. */
const UNKNOWN_HOUR = '1970'

function isTooEarly(
  name: RawObjectName,
  follower: RawObjectName,
  { hours, businessDays }: ObjectChoice,
): boolean {
  const since = hours?.from ?? businessDays?.from
  return (
    since !== undefined && [name, follower].every(({ receivedHour }) => isLongBefore(receivedHour, since))
  )
}

function isLongBefore(receivedHour: string, since: string): boolean {
  if (receivedHour.startsWith(UNKNOWN_HOUR)) return false
  const limit = Date.parse(since.length > 10 ? `${since}:00Z` : since) - SLACK_MS
  return Date.parse(`${receivedHour}:00Z`) < limit
}

const HEADS_AT_ONCE = 32

async function describeAll(archive: Archive, keys: readonly string[]): Promise<ArchivedObject[]> {
  const objects: ArchivedObject[] = []
  for (let from = 0; from < keys.length; from += HEADS_AT_ONCE) {
    const described = await Promise.all(
      keys.slice(from, from + HEADS_AT_ONCE).map((key) => describe(archive, key)),
    )
    objects.push(...described.filter((object) => object !== undefined))
  }
  return objects
}

async function describe(archive: Archive, key: string): Promise<ArchivedObject | undefined> {
  const head = await archive.head(key)
  const name = parseRawKey(key)
  if (!head || !name) return undefined
  const { last_offset: last, count } = head.metadata
  const isTold = /^\d{1,16}$/.test(last ?? '') && /^\d{1,16}$/.test(count ?? '')
  const range: ArchivedRange | undefined = isTold
    ? {
        partition: name.partition,
        firstOffset: name.firstOffset,
        lastOffset: Number(last),
        count: Number(count),
        key,
      }
    : await readRange(archive, key)
  return (
    range && {
      ...range,
      ...boundsOf('received', head.metadata.least_received_at, head.metadata.greatest_received_at),
      ...boundsOf('businessDates', head.metadata.least_business_date, head.metadata.greatest_business_date),
    }
  )
}

function boundsOf(
  name: 'received' | 'businessDates',
  from: string | undefined,
  to: string | undefined,
): { readonly [Name in typeof name]?: Bounds } {
  return from && to ? { [name]: { from, to } } : {}
}
