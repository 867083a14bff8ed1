import type { Archive } from './archive.ts'
import { type ArchivedRange, rangeOf } from './list-archived.ts'
import { listRawObjects, type RawObject } from './list-raw-objects.ts'

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
  const possible = [...(await listRawObjects(archive, topic))]
    .sort(([one], [other]) => one - other)
    .flatMap(([, objects]) => possibleOf(objects, choice))
  return describeAll(archive, possible)
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

/** Of one partition, in order of offset. */
function possibleOf(
  objects: readonly RawObject[],
  { offsets, hours, businessDays }: ObjectChoice,
): readonly RawObject[] {
  const since = hours?.from ?? businessDays?.from
  const inTime = since === undefined ? objects : objects.slice(countTooEarly(objects, since))
  if (!offsets) return inTime
  return inTime.filter(({ partition, firstOffset }, index) => {
    const range = offsets.get(partition)
    const end = inTime[index + 1]?.firstOffset ?? Number.POSITIVE_INFINITY
    return range !== undefined && firstOffset <= range.to && end > range.from
  })
}

/** Nothing happens after it was received, but what waited in a spool comes late: a month bounds how long it waits. */
const SLACK_MS = 31 * 24 * 60 * 60_000
/** A first record may have waited, or come from a server whose clock was wrong: that many in a row have not. */
const MARGIN_OBJECTS = 100
/** The hour in the key of an object whose first record tells none. */
const UNKNOWN_HOUR = '1970'

/** How many objects at the beginning of a partition hold only what was received long before. */
function countTooEarly(sorted: readonly RawObject[], since: string): number {
  const limit = Date.parse(since.length > 10 ? `${since}:00Z` : since) - SLACK_MS
  const first = sorted.findIndex(
    ({ receivedHour }) => receivedHour.startsWith(UNKNOWN_HOUR) || Date.parse(`${receivedHour}:00Z`) >= limit,
  )
  return Math.max(0, (first < 0 ? sorted.length : first) - MARGIN_OBJECTS)
}

const HEADS_AT_ONCE = 32

async function describeAll(archive: Archive, objects: readonly RawObject[]): Promise<ArchivedObject[]> {
  const described: ArchivedObject[] = []
  for (let from = 0; from < objects.length; from += HEADS_AT_ONCE) {
    const some = await Promise.all(
      objects.slice(from, from + HEADS_AT_ONCE).map((object) => describe(archive, object)),
    )
    described.push(...some.filter((object) => object !== undefined))
  }
  return described
}

/** Undefined when it was deleted since. */
async function describe(archive: Archive, object: RawObject): Promise<ArchivedObject | undefined> {
  const head = await archive.head(object.key)
  if (!head) return undefined
  const { metadata } = head
  return {
    ...(await rangeOf(archive, object, head)),
    ...boundsOf('received', metadata.least_received_at, metadata.greatest_received_at),
    ...boundsOf('businessDates', metadata.least_business_date, metadata.greatest_business_date),
  }
}

function boundsOf(
  name: 'received' | 'businessDates',
  from: string | undefined,
  to: string | undefined,
): { readonly [Name in typeof name]?: Bounds } {
  return from && to ? { [name]: { from, to } } : {}
}
