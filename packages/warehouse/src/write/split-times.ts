export const DAY_MS = 24 * 60 * 60_000

/** Part of a session: times in epoch milliseconds. */
export interface SessionPart {
  readonly part: number
  readonly startedAt: number
  readonly endedAt: number
  readonly events: number
}

/** Cuts the times of a session's events every 24 h from its start, the first of them unless given. No part is empty. */
export function splitTimes(times: readonly number[], givenStart?: number): SessionPart[] {
  const sorted = [...times].sort((a, b) => a - b)
  const start = givenStart ?? sorted[0] ?? 0
  const parts = new Map<number, SessionPart>()
  for (const time of sorted) {
    const part = Math.floor((time - start) / DAY_MS)
    const known = parts.get(part)
    parts.set(part, {
      part,
      startedAt: known?.startedAt ?? time,
      endedAt: time,
      events: (known?.events ?? 0) + 1,
    })
  }
  return [...parts.values()]
}
