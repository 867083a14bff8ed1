import { type Kpi, storedKpis } from '@millrace/kpis/kpi'
import type { Queryable } from '@millrace/kpis/queryable'
import { readTotalsSince, type TotalRow } from '@millrace/kpis/read-totals'
import { hasHours, type Window } from '@millrace/kpis/windows'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import { readFilledKpis } from '@millrace/warehouse/pipeline-state'
import { createRecentTotals, dayBefore } from '@millrace/warehouse/recent-totals'
import { readWatermark } from '@millrace/warehouse/watermark'

export interface KpiTotals {
  /** Everything received before it is in the totals; undefined while that is not known. */
  readonly watermark: Date | undefined
  /** Names of stored KPIs whose totals are whole. */
  readonly filled: ReadonlySet<string>
  readonly windows: ReadonlyMap<Window, readonly TotalRow[]>
}

const DAY_MS = 86_400_000

/**
 * Reads what all gauges are computed from, with a handful of queries whatever the number of KPIs and facts.
 * @throws Fault `config_invalid` when the database keeps days of another time zone; whatever Postgres has to say.
 */
export function createKpiReader(db: Queryable, kpis: readonly Kpi[], timeZone: string) {
  const stored = [...new Map(kpis.flatMap(storedKpis).map((kpi) => [kpi.name, kpi])).values()]
  const hourly = stored.filter(hasHours).map(({ name }) => name)
  const readWeek = createRecentTotals(
    db,
    stored.map(({ name }) => name),
  )
  const businessDate = createBusinessDate(timeZone)

  return async function readKpis(now: Date): Promise<KpiTotals> {
    const today = businessDate(now.getTime())
    const filled = await readFilledKpis(db, timeZone)
    const watermark = await readWatermark(db)
    const week = await readWeek(today)
    const hours = await readTotalsSince(db, hourly, new Date(now.getTime() - DAY_MS), now)
    const ofDay = (day: string): readonly TotalRow[] => week.filter(({ date }) => date === day)
    return {
      watermark,
      filled,
      windows: new Map([
        ['today', ofDay(today)],
        ['yesterday', ofDay(dayBefore(today, 1))],
        ['last_24h', hours],
        ['last_7d', week],
      ]),
    }
  }
}
