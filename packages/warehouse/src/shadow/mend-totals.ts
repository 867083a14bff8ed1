import type { StoredKpi } from '@millrace/kpis/define-kpi'
import type { Queryable } from '@millrace/kpis/queryable'
import { verifyKpi } from '@millrace/kpis/verify'

/** Corrections stand in the shard of what was filled in from the facts. */
const FILL_SHARD = -2

/**
 * Makes the totals of a KPI what its facts add up to, and returns how many were not. What is missing is added, so that
 * loaders may write at the same time.
 */
export async function mendTotals(db: Queryable, kpi: StoredKpi): Promise<number> {
  const differences = await verifyKpi(db, kpi)
  await db.query(
    `insert into warehouse.kpi_total as total
       (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
     select $1, date, hour, dimensions, bucket, ${FILL_SHARD}, (expected ->> 0)::bigint - (kept ->> 0)::bigint,
       (expected ->> 1)::numeric - (kept ->> 1)::numeric, (expected ->> 2)::numeric - (kept ->> 2)::numeric
     from jsonb_to_recordset($2) as wrong (date date, hour timestamptz, dimensions jsonb, bucket int, kept jsonb,
       expected jsonb)
     on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
       entries = total.entries + excluded.entries, numerator = total.numerator + excluded.numerator,
       denominator = total.denominator + excluded.denominator`,
    [kpi.name, JSON.stringify(differences)],
  )
  return differences.length
}
