import type { Pool } from 'pg'
import type { OffsetRange, Outcomes } from './reconcile.ts'

export type LedgerEntry = OffsetRange & Outcomes & { readonly partition: number }

/** The ledger of a topic, neighbouring entries joined, so that years of it fit in memory. Two that overlap stay two. */
export async function readLedger(pool: Pool, topic: string): Promise<LedgerEntry[]> {
  const { rows } = await pool.query<LedgerEntry>(
    `with entries as (
       select *, lag(last_offset) over (partition by partition order by first_offset) is distinct from first_offset - 1
         as starts
       from pipeline.load_ledger where topic = $1
     ), runs as (
       select *, count(*) filter (where starts) over (partition by partition order by first_offset) as run from entries
     )
     select partition, min(first_offset)::double precision as "from", max(last_offset)::double precision as "to",
       sum(loaded)::double precision as loaded, sum(ignored)::double precision as ignored,
       sum(duplicate)::double precision as duplicate, sum(quarantined)::double precision as quarantined,
       sum(erased)::double precision as erased
     from runs group by partition, run order by partition, "from"`,
    [topic],
  )
  return rows
}
