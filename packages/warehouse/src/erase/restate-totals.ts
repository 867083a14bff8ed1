import type { PoolClient } from 'pg'
import type { KpiDifference } from '../shadow/compare-totals.ts'
import { writeRestatements } from '../shadow/write-restatements.ts'

type Total = KpiDifference['live']

interface DayTotal {
  readonly kpi: string
  readonly date: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly amounts: Total
}

const NOTHING: Total = ['0', '0', '0']

/**
 * Runs the work and notes by how much it changed the totals of closed days. Its changes stand in one shard, which nobody
 * else writes to meanwhile.
 */
export async function restateTotals<T extends object>(
  tx: PoolClient,
  shard: number,
  work: () => Promise<T>,
): Promise<T & { readonly restatements: number }> {
  const before = await readShard(tx, shard)
  const done = await work()
  const after = await readShard(tx, shard)
  const changed = [...after].flatMap(([name, { kpi, date, dimensions, amounts }]): KpiDifference[] => {
    const live = before.get(name)?.amounts ?? NOTHING
    return live.join() === amounts.join() ? [] : [{ kpi, date, dimensions, live, replayed: amounts }]
  })
  return { ...done, restatements: await writeRestatements(tx, changed, 'erase') }
}

async function readShard(tx: PoolClient, shard: number): Promise<ReadonlyMap<string, DayTotal>> {
  const { rows } = await tx.query<DayTotal>(
    `select kpi, business_date::text as date, dimensions,
       array[sum(entries), sum(numerator), sum(denominator)]::text[] as amounts
     from warehouse.kpi_total where shard = $1 group by kpi, business_date, dimensions`,
    [shard],
  )
  return new Map(rows.map((total) => [JSON.stringify([total.kpi, total.date, total.dimensions]), total]))
}
