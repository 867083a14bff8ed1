import type { Pool } from 'pg'

/**
 * Makes the monthly partitions of fact_event for the days around this one (yyyy-mm-dd), so that a loader seldom waits to
 * make one; returns how many there were not.
 */
export async function keepEventPartitions(
  pool: Pool,
  today: string,
  { daysBack, daysAhead }: { readonly daysBack: number; readonly daysAhead: number },
): Promise<number> {
  const before = await countPartitions(pool)
  await pool.query(
    `select pipeline.ensure_event_partitions(array(
       select generate_series(date_trunc('month', $1::date - $2::int), $1::date + $3::int, interval '1 month')::date))`,
    [today, daysBack, daysAhead],
  )
  return (await countPartitions(pool)) - before
}

async function countPartitions(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::int as count from pg_inherits where inhparent = 'warehouse.fact_event'::regclass`,
  )
  return rows[0]?.count ?? 0
}
