import type { Archive } from '@millrace/archive/archive'
import { type ArchivedObject, listObjects } from '@millrace/archive/choose-objects'
import { Fault } from '@millrace/contracts/fault'
import type { DayRange } from '@millrace/kpis/read-totals'
import type { Positions } from '@millrace/warehouse/shadow/live-state'
import { addDays } from '@millrace/warehouse/shadow/replay-range'
import { findGap, type Gap, type Needed } from './find-gap.ts'

export interface FindDeps {
  readonly archive: Archive
  readonly topic: string
  /** The first offset of each partition that was ever loaded. */
  readonly firstLoaded: Positions
  /** How far each partition is archived, by the archiver. */
  readonly archivedUntil: () => Promise<Positions>
  /** How long the archiver is waited for. */
  readonly waitSeconds: number
  readonly now: () => Date
  readonly sleep: (ms: number) => Promise<void>
  /** Told how many records are still to be archived. */
  readonly onWait: (records: number) => void
}

const LOOK_EVERY_MS = 500

/**
 * The objects that hold the records from one position to another, without a gap. What is loaded but not archived yet is
 * waited for.
 * @throws Fault `archive_unavailable` when the archiver does not come to it, or records are missing: recomputed without
 * them, facts that are right would be taken away.
 */
export async function findObjects(deps: FindDeps, span: Span): Promise<ArchivedObject[]> {
  const { archive, topic, waitSeconds, now } = deps
  const deadline = now().getTime() + waitSeconds * 1_000
  const offsets = new Map(
    [...span.until].map(([partition, end]) => [
      partition,
      { from: span.from.get(partition) ?? 0, to: end - 1 },
    ]),
  )
  for (let isToldToBeThere = false; ; ) {
    const objects = await listObjects(archive, topic, { offsets, businessDays: span.days })
    const gap = worstGap(neededOf(deps, span, objects).map((needed) => findGap(objects, needed)))
    if (!gap) return objects
    if (isToldToBeThere) throw missing(topic, gap)
    // A list is no snapshot: of two objects that were put meanwhile it may have the second alone.
    isToldToBeThere = await waitForArchiver(deps, span.until, deadline)
    if (!isToldToBeThere) throw gap.kind === 'lost' ? missing(topic, gap) : notYet(topic, gap, waitSeconds)
  }
}

export interface Span {
  /** Where each partition was read to; a partition that is not named was not read yet. */
  readonly from: Positions
  readonly until: Positions
  /** Only objects that may hold events of these days are needed. */
  readonly days: DayRange
}

function neededOf(deps: FindDeps, { from, until, days }: Span, objects: readonly ArchivedObject[]): Needed[] {
  return [...until].map(([partition, end]) => ({
    ...{ partition, until: end },
    from: Math.min(end, from.get(partition) ?? beginning(deps, objects, { partition, end, days })),
  }))
}

/**
 * What is read first of a partition: its beginning, or what was received before the days that are needed. Nothing
 * happens after it was received; midnight is at another time in another zone.
 */
function beginning(
  { topic, firstLoaded }: FindDeps,
  objects: readonly ArchivedObject[],
  { partition, end, days }: { partition: number; end: number; days: DayRange },
): number {
  const origin = firstLoaded.get(partition) ?? end
  const first = objects.find((object) => object.partition === partition)
  if (!first || first.firstOffset <= origin) return origin
  if (first.received && first.received.from < addDays(days.from, -1)) return first.firstOffset
  throw new Fault(
    'archive_unavailable',
    `The archive of ${topic}/${partition} begins at offset ${first.firstOffset}, too late to recompute from ${days.from} on`,
  )
}

function worstGap(gaps: readonly (Gap | undefined)[]): Gap | undefined {
  return gaps.find((gap) => gap?.kind === 'lost') ?? gaps.find((gap) => gap !== undefined)
}

/** Whether it came there before the deadline. */
async function waitForArchiver(
  { archivedUntil, now, sleep, onWait }: FindDeps,
  until: Positions,
  deadline: number,
): Promise<boolean> {
  for (;;) {
    const archived = await archivedUntil()
    const behind = [...until].reduce(
      (sum, [partition, end]) => sum + Math.max(0, end - (archived.get(partition) ?? 0)),
      0,
    )
    if (behind === 0) return true
    if (now().getTime() >= deadline) return false
    onWait(behind)
    await sleep(LOOK_EVERY_MS)
  }
}

function missing(topic: string, { partition, offset }: Gap): Fault {
  return new Fault(
    'archive_unavailable',
    `Offset ${offset} of ${topic}/${partition} is in no object of the archive: \`millrace reconcile\` tells more`,
  )
}

function notYet(topic: string, { partition, offset }: Gap, waitSeconds: number): Fault {
  return new Fault(
    'archive_unavailable',
    `${topic}/${partition} is archived up to offset ${offset} and loaded further, for ${waitSeconds} s already: does the archiver run?`,
  )
}
