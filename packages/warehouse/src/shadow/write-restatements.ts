import type { Queryable } from '@millrace/kpis/queryable'
import type { KpiDifference } from './compare-totals.ts'

/**
 * Notes by how much totals of closed days were put right, a row a KPI, day, dimensions and hour. A day closes 24 h after
 * its end. Returns how many rows.
 */
export async function writeRestatements(
  db: Queryable,
  differences: readonly KpiDifference[],
  cause: 'fix' | 'erase',
): Promise<number> {
  const { rowCount } = await db.query(
    `insert into warehouse.kpi_restatement as known
       (kpi, business_date, dimensions, cause, restated_hour, entries, numerator, denominator)
     select kpi, date, dimensions, $2, date_trunc('hour', now()),
       (replayed ->> 0)::numeric - (live ->> 0)::numeric, (replayed ->> 1)::numeric - (live ->> 1)::numeric,
       (replayed ->> 2)::numeric - (live ->> 2)::numeric
     from jsonb_to_recordset($1) as given (kpi text, date date, dimensions jsonb, live jsonb, replayed jsonb)
     where date < warehouse.business_today() - 1
     on conflict (kpi, business_date, dimensions, cause, restated_hour) do update set
       entries = known.entries + excluded.entries, numerator = known.numerator + excluded.numerator,
       denominator = known.denominator + excluded.denominator`,
    [JSON.stringify(differences), cause],
  )
  return rowCount ?? 0
}
