import type { Queryable } from '@millrace/kpis/queryable'
import { readTotals, type TotalRow } from '@millrace/kpis/read-totals'
import { sparingly } from './sparingly.ts'

const DAY_MS = 86_400_000

/** The day so many days before another; days are yyyy-mm-dd and have no time zone. */
export function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10)
}

/**
 * Reads the totals of some KPIs for a day and the six before it. In the days before only late events change anything,
 * so where reading them costs much it is done seldom; today is always read.
 */
export function createRecentTotals(
  db: Queryable,
  kpis: readonly string[],
): (today: string) => Promise<readonly TotalRow[]> {
  const readOlderDays = sparingly((today: string) =>
    readTotals(db, kpis, { from: dayBefore(today, 6), to: dayBefore(today, 1) }),
  )
  return async (today) => {
    const older = await readOlderDays(today)
    const newer = await readTotals(db, kpis, { from: today, to: today })
    return [...older, ...newer]
  }
}
