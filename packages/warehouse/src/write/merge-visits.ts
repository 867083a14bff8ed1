export const IDLE_MS = 30 * 60_000

/** A stretch of a visitor's activity; times in epoch milliseconds. */
export interface Visit {
  readonly startedAt: number
  readonly endedAt: number
  readonly events: number
}

/** Joins visits that are no more than 30 minutes apart, whatever the order in which they became known. */
export function mergeVisits(visits: readonly Visit[]): Visit[] {
  const sorted = [...visits].sort((a, b) => a.startedAt - b.startedAt)
  const merged: Visit[] = []
  for (const visit of sorted) {
    const last = merged.at(-1)
    if (!last || visit.startedAt - last.endedAt > IDLE_MS) {
      merged.push(visit)
      continue
    }
    merged[merged.length - 1] = {
      startedAt: last.startedAt,
      endedAt: Math.max(last.endedAt, visit.endedAt),
      events: last.events + visit.events,
    }
  }
  return merged
}
