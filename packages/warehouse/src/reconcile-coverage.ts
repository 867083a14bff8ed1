import type { Coverage, OffsetRange } from './reconcile.ts'

/** What a store has to cover. */
export interface Due {
  /** What the log holds: from firstOffset up to, not including, nextOffset. */
  readonly firstOffset: number
  readonly nextOffset: number
  /** Where its writer goes on; what lies before is not on its way any more. */
  readonly saidToReach?: number | undefined
}

/** How far the ranges cover what is due, from the log's first kept offset or from their own first one if that is earlier. */
export function coverage(ranges: readonly OffsetRange[], due: Due): Coverage {
  const { firstOffset, nextOffset, saidToReach = 0 } = due
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
  // What its writer calls done will not come any more, nor what has left the log.
  const done = Math.max(firstOffset, Math.min(saidToReach, nextOffset))
  if (done > reached) missing.push({ from: reached, to: done - 1 })
  return { records, missing, doubled, waiting: Math.max(0, nextOffset - Math.max(reached, done)) }
}
