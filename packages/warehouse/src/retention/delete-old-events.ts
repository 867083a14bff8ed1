import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@millrace/contracts/fault'
import type { Pool } from 'pg'
import { inTransaction } from '../database.ts'
import { isContention } from '../is-contention.ts'
import { inBlocks } from './in-blocks.ts'

export interface DeleteEventsOptions {
  readonly pool: Pool
  /** yyyy-mm-dd */
  readonly before: string
  readonly signal: AbortSignal
}

interface Month {
  /** yyyy-mm-01, and that of the next. */
  readonly first: string
  readonly next: string
  readonly relation: string
}

/** Events of earlier days, with the claims of their ids: whole months are dropped, the rest is deleted. */
export async function deleteOldEvents({ pool, before, signal }: DeleteEventsOptions): Promise<number> {
  let gone = 0
  for (const month of await monthsBefore(pool, before)) {
    if (month.next > before) gone += await deleteEvents(pool, month, before, signal)
    else {
      gone += await deleteClaims(pool, month, signal)
      await dropMonth(pool, month.first, signal)
    }
  }
  return gone
}

/** Whoever reads fact_event is waited for, and everyone else waits behind us: seldom and not for long. */
const DROP = { tries: 20, waitMs: 200, pauseMs: 2_000 }

/** @throws Fault `database_unavailable` when somebody reads the events all the time: try again later. */
async function dropMonth(pool: Pool, month: string, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await inTransaction(pool, async (tx) => {
        await tx.query(`set local lock_timeout = ${DROP.waitMs}`)
        await tx.query('select pipeline.drop_event_partition($1::date)', [month])
      })
    } catch (cause) {
      if (!isContention(cause)) throw cause
      if (tries === DROP.tries)
        throw new Fault('database_unavailable', `Events of ${month} are in use all the time`, { cause })
    }
    await sleep(DROP.pauseMs, undefined, { signal })
  }
}

async function monthsBefore(pool: Pool, before: string): Promise<readonly Month[]> {
  const { rows } = await pool.query<Month>(
    `select first::text as first, (first + interval '1 month')::date::text as next, 'warehouse.' || relname as relation
     from pg_inherits join pg_class on pg_class.oid = inhrelid
       cross join lateral to_date(right(relname, 7), 'YYYY_MM') as first
     where inhparent = 'warehouse.fact_event'::regclass and first < $1::date
     order by first`,
    [before],
  )
  return rows
}

/** The parent is named, for its triggers to run; the days say which partition is meant. */
const IN_MONTH = 'event.business_date >= $1::date and event.business_date < $2::date'
const BLOCKS = 'event.ctid >= $3::tid and event.ctid < $4::tid'

function deleteEvents(
  pool: Pool,
  { first, relation }: Month,
  before: string,
  signal: AbortSignal,
): Promise<number> {
  return inBlocks({
    pool,
    relation,
    signal,
    async work(tx, { from, to }) {
      const { rows } = await tx.query<{ rows: number }>(
        `with gone as (
           delete from warehouse.fact_event event where ${IN_MONTH} and ${BLOCKS} returning event_id
         ), claims as (
           delete from pipeline.event_seen seen using gone where seen.event_id = gone.event_id
         )
         select count(*)::int as rows from gone`,
        [first, before, from, to],
      )
      return rows[0]?.rows ?? 0
    },
  })
}

function deleteClaims(pool: Pool, { first, next, relation }: Month, signal: AbortSignal): Promise<number> {
  return inBlocks({
    pool,
    relation,
    signal,
    async work(tx, { from, to }) {
      const { rowCount } = await tx.query(
        `delete from pipeline.event_seen seen using warehouse.fact_event event
         where seen.event_id = event.event_id and ${IN_MONTH} and ${BLOCKS}`,
        [first, next, from, to],
      )
      return rowCount ?? 0
    },
  })
}
