import { type Kpi, storedKpis } from '@millrace/kpis/kpi'
import type { Queryable } from '@millrace/kpis/queryable'
import type { TotalRow } from '@millrace/kpis/read-totals'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import { createPipelineReader, type PipelineState, readFilledKpis } from '@millrace/warehouse/pipeline-state'
import { createRecentTotals, dayBefore } from '@millrace/warehouse/recent-totals'
import { readWatermark } from '@millrace/warehouse/watermark'
import { type KpiCard, kpiCard, unknownCard } from './kpi-card.ts'

/** All numbers of the board, of one moment. */
export interface BoardNumbers {
  /** The business days shown (yyyy-mm-dd), oldest first; the last is today. */
  readonly days: readonly string[]
  readonly kpis: readonly KpiCard[]
  /** ISO 8601: everything received before it is counted; null while that is not known. */
  readonly watermark: string | null
  readonly pipeline: PipelineState
}

const DAYS = 7

/**
 * Reads all numbers of the board, at a cost that does not grow with history.
 * @throws Fault `config_invalid` when the database keeps days of another time zone; whatever Postgres has to say.
 */
export function createBoardReader(db: Queryable, kpis: readonly Kpi[], timeZone: string) {
  const names = [...new Set(kpis.flatMap(storedKpis).map(({ name }) => name))]
  const readWeek = createRecentTotals(db, names)
  const readPipeline = createPipelineReader(db)
  const businessDate = createBusinessDate(timeZone)

  return async function readBoard(now: Date): Promise<BoardNumbers> {
    const today = businessDate(now.getTime())
    const days = Array.from({ length: DAYS }, (_, index) => dayBefore(today, DAYS - 1 - index))
    const filled = await readFilledKpis(db, timeZone)
    const watermark = await readWatermark(db)
    const totals = await readWeek(today)
    return {
      days,
      kpis: kpis.map((kpi) => cardOf(kpi, { days, totals, filled })),
      watermark: watermark?.toISOString() ?? null,
      pipeline: await readPipeline(),
    }
  }
}

interface Known {
  readonly days: readonly string[]
  readonly totals: readonly TotalRow[]
  readonly filled: ReadonlySet<string>
}

/** One KPI that cannot be computed does not take the others along. */
function cardOf(kpi: Kpi, { days, totals, filled }: Known): KpiCard {
  const stored = storedKpis(kpi).map(({ name }) => name)
  if (!stored.every((name) => filled.has(name)))
    return unknownCard(kpi, 'Not filled in from the facts yet: run millrace migrate.')
  try {
    return kpiCard(
      kpi,
      days,
      totals.filter((row) => stored.includes(row.kpi)),
    )
  } catch {
    return unknownCard(kpi, 'Cannot be computed from its totals.')
  }
}
