import type { DayRange } from '@millrace/kpis/read-totals'

/** The days that are recomputed and compared, and those whose events are needed for that. */
export interface ReplayRange {
  readonly window: DayRange
  readonly covered: DayRange
}

/** Monthly active users of a day need the 29 before it; a session that is longer than a day, where it was cut. */
const LEAD_DAYS = 31
/** A session belongs to the day on which it starts and goes on for 24 h at most, on a day of 25 h too. */
const TAIL_DAYS = 2

export function replayRange(window: DayRange): ReplayRange {
  return { window, covered: { from: addDays(window.from, -LEAD_DAYS), to: addDays(window.to, TAIL_DAYS) } }
}

/** yyyy-mm-dd */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}
