import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from './database.ts'
import { holdFirstDay } from './facts-kept.ts'
import { isContention } from './is-contention.ts'

/** The order in which a loader writes (write/write-facts.ts): locked in another, it and we would wait for each other. */
const WRITE_ORDER = [
  'fact_person_day',
  'fact_event',
  'fact_sign_up',
  'fact_login',
  'fact_feedback',
  'fact_error',
  'fact_exposure',
  'fact_web_vital',
  'fact_subscription',
  'fact_session',
  'fact_order',
  'fact_order_line',
  'fact_refund',
  'fact_box',
  'fact_box_item',
]

const MOST_TRIES = 30
const PAUSE_MS = 200

/**
 * Runs the work in a transaction in which no other one writes facts or moves their first day: writers under way have
 * ended, later ones wait for its commit. Readers go on. While the lock is waited for writers wait too, so after two seconds they go first and it is
 * tried again; the work may so be begun several times.
 */
export async function withFactsLocked(pool: Pool, work: (tx: PoolClient) => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await inTransaction(pool, async (tx) => {
        await tx.query(`set local lock_timeout = '2s'`)
        // Before the tables, as loaders do.
        await holdFirstDay(tx)
        await lockFacts(tx)
        await work(tx)
      })
    } catch (error) {
      if (tries === MOST_TRIES || !isContention(error)) throw error
      await sleep(PAUSE_MS)
    }
  }
}

async function lockFacts(tx: PoolClient): Promise<void> {
  const { rows } = await tx.query<{ tables: string }>(
    `select string_agg(format('warehouse.%I', relname), ', ' order by array_position($1::text[], relname::text), relname)
       as tables
     from pg_class
     where relnamespace = 'warehouse'::regnamespace and relname ~ '^fact_' and relkind in ('r', 'p') and not relispartition`,
    [WRITE_ORDER],
  )
  await tx.query(`lock table ${rows[0]?.tables} in share row exclusive mode`)
}
