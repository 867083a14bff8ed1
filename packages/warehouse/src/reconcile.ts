import { coverage } from './reconcile-coverage.ts'

/** Offsets from `from` to `to`, both included. */
export interface OffsetRange {
  readonly from: number
  readonly to: number
}

/** What became of the records that the ledger speaks of. */
export interface Outcomes {
  readonly loaded: number
  readonly ignored: number
  readonly duplicate: number
  readonly quarantined: number
  readonly erased: number
}

export interface PartitionEvidence {
  readonly topic: string
  readonly partition: number
  /** What the log holds: from firstOffset up to, not including, nextOffset. */
  readonly firstOffset: number
  readonly nextOffset: number
  readonly archived: readonly OffsetRange[]
  readonly ledger: readonly (OffsetRange & Outcomes)[]
  /** Where the archiver and the loader go on: records before that are done, they say. 0 unless given. */
  readonly archivedTo?: number | undefined
  readonly loadedTo?: number | undefined
}

/** How far one store accounts for a partition's records. */
export interface Coverage {
  readonly records: number
  /** Offsets that no entry covers although later ones are, or are said to be done, or have left the log since. */
  readonly missing: readonly OffsetRange[]
  /** Offsets that two entries cover. */
  readonly doubled: readonly OffsetRange[]
  /** Records at the end that it has not come to yet. */
  readonly waiting: number
}

export interface PartitionAccount {
  readonly topic: string
  readonly partition: number
  readonly firstOffset: number
  readonly nextOffset: number
  readonly archived: Coverage
  readonly accounted: Coverage
  readonly outcomes: Outcomes
  /** Entries of the ledger whose outcomes are not as many as their offsets. */
  readonly unsummed: readonly OffsetRange[]
  /** Nothing is missing, double, unsummed or waiting. */
  readonly balanced: boolean
}

/**
 * The proof that every accepted event is accounted for: for each offset of a partition, from the log's first kept one,
 * one archived record and one entry of the ledger. What the stores know of earlier offsets must have no gaps either.
 */
export function reconcile(evidence: PartitionEvidence): PartitionAccount {
  const { topic, partition, firstOffset, nextOffset, archivedTo, loadedTo } = evidence
  const archived = coverage(evidence.archived, { firstOffset, nextOffset, saidToReach: archivedTo })
  const accounted = coverage(evidence.ledger, { firstOffset, nextOffset, saidToReach: loadedTo })
  const unsummed = evidence.ledger.filter((entry) => sumOf(entry) !== entry.to - entry.from + 1)
  const account = {
    topic,
    partition,
    firstOffset,
    nextOffset,
    archived,
    accounted,
    outcomes: addUp(evidence.ledger),
    unsummed: unsummed.map(({ from, to }) => ({ from, to })),
  }
  return { ...account, balanced: !isBroken(account) && archived.waiting + accounted.waiting === 0 }
}

/** True when records are lost or double; those that are still on their way are neither. */
export function isBroken(account: Pick<PartitionAccount, 'archived' | 'accounted' | 'unsummed'>): boolean {
  const { archived, accounted, unsummed } = account
  const stores = [archived, accounted]
  return (
    unsummed.length > 0 || stores.some(({ missing, doubled }) => missing.length > 0 || doubled.length > 0)
  )
}

/** Neighbours become one, so that what years have proved stays short. Those that overlap stay apart. */
export function joinRanges(ranges: readonly OffsetRange[]): OffsetRange[] {
  return joinWith(ranges, ({ from }, { to }) => ({ from, to }))
}

/** As joinRanges; outcomes are added up. An entry that does not add up stays apart. */
export function joinEntries(entries: readonly (OffsetRange & Outcomes)[]): (OffsetRange & Outcomes)[] {
  const summed = (entry: OffsetRange & Outcomes) => sumOf(entry) === entry.to - entry.from + 1
  return joinWith(entries, (one, next) =>
    summed(one) && summed(next) ? { from: one.from, to: next.to, ...addUp([one, next]) } : undefined,
  )
}

function joinWith<T extends OffsetRange>(
  ranges: readonly T[],
  join: (one: T, next: T) => T | undefined,
): T[] {
  const joined: T[] = []
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    const both = last && range.from === last.to + 1 ? join(last, range) : undefined
    if (both) joined[joined.length - 1] = both
    else joined.push(range)
  }
  return joined
}

function addUp(ledger: readonly Outcomes[]): Outcomes {
  const sum = { loaded: 0, ignored: 0, duplicate: 0, quarantined: 0, erased: 0 }
  for (const entry of ledger) {
    sum.loaded += entry.loaded
    sum.ignored += entry.ignored
    sum.duplicate += entry.duplicate
    sum.quarantined += entry.quarantined
    sum.erased += entry.erased
  }
  return sum
}

function sumOf({ loaded, ignored, duplicate, quarantined, erased }: Outcomes): number {
  return loaded + ignored + duplicate + quarantined + erased
}
