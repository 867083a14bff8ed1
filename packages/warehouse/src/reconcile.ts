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
}

/** How far one store accounts for a partition's records. */
export interface Coverage {
  readonly records: number
  /** Offsets that none of its entries covers although later ones are covered, or two entries cover. */
  readonly missing: readonly OffsetRange[]
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
  /** Nothing is missing, double or waiting. */
  readonly balanced: boolean
}

/**
 * The proof that every accepted event is accounted for: for each offset of a partition, from the log's first kept one,
 * one archived record and one entry of the ledger. What the stores know of earlier offsets must have no gaps either.
 */
export function reconcile(evidence: PartitionEvidence): PartitionAccount {
  const { topic, partition, firstOffset, nextOffset } = evidence
  const archived = coverage(evidence.archived, evidence)
  const accounted = coverage(evidence.ledger, evidence)
  const balanced = [archived, accounted].every(
    ({ missing, doubled, waiting }) => missing.length === 0 && doubled.length === 0 && waiting === 0,
  )
  const outcomes = addUp(evidence.ledger)
  return { topic, partition, firstOffset, nextOffset, archived, accounted, outcomes, balanced }
}

function coverage(ranges: readonly OffsetRange[], { firstOffset, nextOffset }: PartitionEvidence): Coverage {
  const sorted = [...ranges].sort((a, b) => a.from - b.from)
  const missing: OffsetRange[] = []
  const doubled: OffsetRange[] = []
  let reached = Math.min(firstOffset, sorted[0]?.from ?? firstOffset)
  let records = 0
  for (const { from, to } of sorted) {
    if (from > reached) missing.push({ from: reached, to: from - 1 })
    if (from < reached) doubled.push({ from, to: Math.min(to, reached - 1) })
    records += Math.max(0, to + 1 - Math.max(from, reached))
    reached = Math.max(reached, to + 1)
  }
  return { records, missing, doubled, waiting: Math.max(0, nextOffset - reached) }
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
