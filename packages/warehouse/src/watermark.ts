import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { Queryable } from '@millrace/kpis/queryable'

/**
 * Everything that was received before it, and whose sender was told so, is loaded; what the log or the spool took only
 * after its sender had been refused may come later. Undefined while nothing is known, or not of every partition. Read it before
 * the totals that it is shown beside: then they hold at least what it says.
 */
export async function readWatermark(db: Queryable): Promise<Date | undefined> {
  const { rows } = await db.query<{ watermark: Date | null }>(
    `select nullif(min(complete_until), '-infinity') as watermark from pipeline.load_position where topic = $1`,
    [EVENTS_TOPIC],
  )
  return rows[0]?.watermark ?? undefined
}
