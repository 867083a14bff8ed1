import { IN_FLIGHT_MS } from '@millrace/contracts/in-flight'
import type { Pool } from 'pg'

/** The same for Postgres. */
export const IN_FLIGHT = `${IN_FLIGHT_MS / 1000} seconds`

/** The offset that is loaded next, for each partition that was ever loaded from. */
export async function readPosition(
  pool: Pool,
  topic: string,
  partition: number,
): Promise<number | undefined> {
  const { rows } = await pool.query<{ next: string }>(
    'select next_offset as next from pipeline.load_position where topic = $1 and partition = $2',
    [topic, partition],
  )
  return rows[0] ? Number(rows[0].next) : undefined
}

/**
 * Where loading of a partition begins that was never loaded from, or goes on after records that the log no longer has.
 * Moves forward only.
 */
export async function startAt(pool: Pool, topic: string, partition: number, offset: number): Promise<void> {
  await pool.query(
    `insert into pipeline.load_position as position (topic, partition, next_offset) values ($1, $2, $3)
     on conflict (topic, partition) do update set next_offset = excluded.next_offset
     where position.next_offset < excluded.next_offset`,
    [topic, partition, offset],
  )
}

/** Makes a partition known, so that nothing counts as complete before it was looked at. */
export async function makeKnown(pool: Pool, topic: string, partition: number, offset: number): Promise<void> {
  await pool.query(
    `insert into pipeline.load_position (topic, partition, next_offset) values ($1, $2, $3) on conflict do nothing`,
    [topic, partition, offset],
  )
}

/**
 * Everything the partition held at `checkedAt` is loaded, if loading stands at the end that was seen then. What waits in
 * the spool is not in the log: `checkedAt` has to be before it was received.
 */
export async function confirmEnd(
  pool: Pool,
  end: {
    readonly topic: string
    readonly partition: number
    readonly nextOffset: number
    readonly checkedAt: Date
  },
): Promise<void> {
  await pool.query(
    `insert into pipeline.load_position as position (topic, partition, next_offset, complete_until)
     values ($1, $2, $3, $4::timestamptz - $5::interval)
     on conflict (topic, partition) do update set complete_until = excluded.complete_until
     where position.next_offset = excluded.next_offset and position.complete_until < excluded.complete_until`,
    [end.topic, end.partition, end.nextOffset, end.checkedAt, IN_FLIGHT],
  )
}
