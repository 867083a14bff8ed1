import type { StoredKpi } from '@millrace/kpis/kpi'
import type { Queryable } from '@millrace/kpis/queryable'
import { addToTotals, FILL_SHARD } from '@millrace/kpis/sql/total-triggers'
import { verifyKpi } from '@millrace/kpis/verify'

/**
 * Makes the totals of a KPI what its facts add up to, and returns how many were not. What is missing is added, so that
 * loaders may write at the same time.
 */
export async function mendTotals(db: Queryable, kpi: StoredKpi): Promise<number> {
  const differences = await verifyKpi(db, kpi)
  await db.query(
    addToTotals(
      `select $1::text as kpi, date as business_date, hour, dimensions, bucket,
         (expected ->> 0)::bigint - (kept ->> 0)::bigint as entries,
         (expected ->> 1)::numeric - (kept ->> 1)::numeric as numerator,
         (expected ->> 2)::numeric - (kept ->> 2)::numeric as denominator
       from jsonb_to_recordset($2) as wrong (date date, hour timestamptz, dimensions jsonb, bucket int, kept jsonb,
         expected jsonb)`,
      FILL_SHARD,
    ),
    [kpi.name, JSON.stringify(differences)],
  )
  return differences.length
}
