import type { Pool } from 'pg'
import type { OffsetRange, Outcomes } from './reconcile.ts'

export type LedgerEntry = OffsetRange & Outcomes & { readonly partition: number }

/**
 * The ledger of a topic's partitions, neighbouring entries joined, so that years of it fit in memory. Two that overlap
 * stay two, and so does one whose outcomes are not as many as its offsets. Only entries behind the offset that is given
 * for a partition are read.
 */
export async function readLedger(
  pool: Pool,
  topic: string,
  behind: ReadonlyMap<number, number>,
): Promise<LedgerEntry[]> {
  const { rows } = await pool.query<LedgerEntry>(
    `with entries as (
       select ledger.*,
         loaded + ignored + duplicate + quarantined + erased = last_offset - first_offset + 1 as adds_up
       from unnest($2::int[], $3::bigint[]) as known (partition, reached)
         join pipeline.load_ledger as ledger using (partition)
       where topic = $1 and first_offset > reached
     ), starts as (
       select *, not (adds_up and lag(adds_up) over entry
         and lag(last_offset) over entry is not distinct from first_offset - 1) as starts
       from entries window entry as (partition by partition order by first_offset)
     ), runs as (
       select *, count(*) filter (where starts is not false) over (partition by partition order by first_offset) as run
       from starts
     )
     select partition, min(first_offset)::double precision as "from", max(last_offset)::double precision as "to",
       sum(loaded)::double precision as loaded, sum(ignored)::double precision as ignored,
       sum(duplicate)::double precision as duplicate, sum(quarantined)::double precision as quarantined,
       sum(erased)::double precision as erased
     from runs group by partition, run order by partition, "from"`,
    [topic, [...behind.keys()], [...behind.values()]],
  )
  return rows
}

/** Where loading goes on, by partition. */
export async function readLoadPositions(pool: Pool, topic: string): Promise<ReadonlyMap<number, number>> {
  const { rows } = await pool.query<{ partition: number; next: number }>(
    `select partition, next_offset::double precision as next from pipeline.load_position where topic = $1`,
    [topic],
  )
  return new Map(rows.map(({ partition, next }) => [partition, next]))
}

/** The entries of a partition that speak of offsets of the range, in order. */
export async function readLedgerBetween(
  pool: Pool,
  { topic, partition, from, to }: OffsetRange & { readonly topic: string; readonly partition: number },
): Promise<LedgerEntry[]> {
  const { rows } = await pool.query<LedgerEntry>(
    `select partition, first_offset::double precision as "from", last_offset::double precision as "to",
       loaded, ignored, duplicate, quarantined, erased
     from pipeline.load_ledger
     where topic = $1 and partition = $2 and first_offset <= $4 and last_offset >= $3
       and first_offset >= coalesce((
         select max(first_offset) from pipeline.load_ledger
         where topic = $1 and partition = $2 and first_offset <= $3), 0)
     order by first_offset`,
    [topic, partition, from, to],
  )
  return rows
}
