import type { Queryable } from '@millrace/kpis/queryable'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../database.ts'

/** How far a topic is loaded, by partition: the offset that comes next. */
export type Positions = ReadonlyMap<number, number>

/** Gives the work one moment of the live database: positions and facts that belong together. Nobody waits for it. */
export async function atOneMoment<T>(live: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(live, async (tx) => {
    await tx.query('set transaction isolation level repeatable read')
    await tx.query('set local idle_in_transaction_session_timeout = 0')
    return work(tx)
  })
}

/** Gives the work a transaction in which loading of a topic stands still: loaders wait for its end. */
export async function whileLoadersWait<T>(
  live: Pool,
  topic: string,
  work: (tx: PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(live, async (tx) => {
    await tx.query('set local idle_in_transaction_session_timeout = 0')
    await tx.query(
      'select from pipeline.load_position where topic = $1 order by partition for no key update',
      [topic],
    )
    return work(tx)
  })
}

export async function readPositions(db: Queryable, topic: string): Promise<Positions> {
  return byPartition(
    db,
    'select partition, next_offset::double precision as value from pipeline.load_position where topic = $1',
    topic,
  )
}

/** The first offset that was ever loaded of each partition. */
export async function readFirstLoaded(db: Queryable, topic: string): Promise<Positions> {
  return byPartition(
    db,
    `select partition, min(first_offset)::double precision as value from pipeline.load_ledger where topic = $1
     group by partition`,
    topic,
  )
}

/**
 * Records that did not count because of what was loaded before them, as `<partition>/<offset>`: others under the same id
 * that say something else, or a first kept day that they are before.
 */
export async function readRefused(db: Queryable, topic: string): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ place: string }>(
    `select partition || '/' || record_offset as place from pipeline.quarantine
     where topic = $1 and stage = 'load' and code in ('id_conflict', 'timestamp_out_of_range')`,
    [topic],
  )
  return new Set(rows.map(({ place }) => place))
}

async function byPartition(db: Queryable, sql: string, topic: string): Promise<Positions> {
  const { rows } = await db.query<{ partition: number; value: number }>(sql, [topic])
  return new Map(rows.map(({ partition, value }) => [partition, value]))
}
