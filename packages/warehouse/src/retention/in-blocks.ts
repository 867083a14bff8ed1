import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../database.ts'

/** Part of a table by where its rows lie: `ctid >= from and ctid < to`, both as tid. */
export interface BlockRange {
  readonly from: string
  readonly to: string
}

export interface InBlocksOptions {
  readonly pool: Pool
  /** A table or partition that holds rows itself, as `warehouse.fact_login`. */
  readonly relation: string
  readonly signal: AbortSignal
  /** Returns how many rows it took; in a transaction of its own, in which totals stay. */
  work(tx: PoolClient, blocks: BlockRange): Promise<number>
}

/** 2 MB: some thousand rows, a transaction of about 50 ms. */
const BLOCKS_AT_ONCE = 256

/**
 * Walks once through what a table held at the start, a few blocks at a time, however rows are ordered in it: an index on
 * the day would cost every load. Rests as long as it worked, so that it takes half of one connection's time at most.
 * @throws the signal's reason between two transactions.
 */
export async function inBlocks({ pool, relation, signal, work }: InBlocksOptions): Promise<number> {
  const blocks = await blocksOf(pool, relation)
  let taken = 0
  for (let first = 0; first < blocks; first += BLOCKS_AT_ONCE) {
    signal.throwIfAborted()
    const begun = performance.now()
    const range = { from: `(${first},0)`, to: `(${first + BLOCKS_AT_ONCE},0)` }
    taken += await inTransaction(pool, async (tx) => {
      await tx.query(`set local millrace.keep_totals = 'on'`)
      return work(tx, range)
    })
    await sleep(performance.now() - begun)
  }
  return taken
}

async function blocksOf(pool: Pool, relation: string): Promise<number> {
  const { rows } = await pool.query<{ blocks: number }>(
    `select (pg_relation_size($1::text::regclass) / current_setting('block_size')::int)::double precision as blocks`,
    [relation],
  )
  return rows[0]?.blocks ?? 0
}
