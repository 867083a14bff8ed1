import type pg from 'pg'
import type { StoredRecord } from '../event-log.ts'
import { readChunk } from './chunk-text.ts'

/** Runs one statement on the consumer's own connection; rejects when the connection is lost. */
export type RunQuery = <R extends pg.QueryResultRow>(query: pg.QueryConfig) => Promise<readonly R[]>

export interface FoundRecords {
  /** From the asked offset on, without gaps; may go beyond the asked number by what else was in the last chunk. */
  readonly records: StoredRecord[]
  /** Where the partition ended when it was read. */
  readonly nextOffset: number
}

/** What a consumer reads and writes of one partition. */
export interface PartitionStore {
  position(): Promise<number>
  /** False when someone else has moved the position. */
  commit(expected: number, next: number): Promise<boolean>
  read(from: number, maxRecords: number, maxBytes: number): Promise<FoundRecords>
  /** How long ago the record at this offset came, in ms by the database's clock; 0 when it has not come. */
  waitedMs(offset: number): Promise<number>
}

export interface PartitionName {
  readonly topic: string
  readonly group: string
  readonly partition: number
}

export function createPartitionStore(query: RunQuery, name: PartitionName): PartitionStore {
  const { topic, group, partition } = name
  return {
    async position() {
      const [row] = await query<{ next_offset: number }>({ ...position, values: [topic, group, partition] })
      if (!row) throw new Error(`group ${group} has no position in ${topic} ${partition}`)
      return row.next_offset
    },
    async commit(expected, next) {
      const moved = await query({ ...commit, values: [topic, group, partition, expected, next] })
      return moved.length === 1
    },
    read: (from, maxRecords, maxBytes) =>
      readRecords(query, { topic, partition, from, maxRecords, maxBytes }),
    async waitedMs(offset) {
      const [row] = await query<{ waited_ms: number }>({ ...waited, values: [topic, partition, offset] })
      return row?.waited_ms ?? 0
    },
  }
}

export interface Wanted {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly maxRecords: number
  readonly maxBytes: number
}

/** The next records of a partition, whoever asks. */
export async function readRecords(query: RunQuery, wanted: Wanted): Promise<FoundRecords> {
  const { topic, partition, from, maxRecords, maxBytes } = wanted
  const values = [topic, partition, from, maxRecords, maxBytes]
  const rows = await query<ChunkRow>({ ...read, values })
  const records = rows.flatMap(({ body, first_offset }) => (body ? readChunk(body, first_offset) : []))
  const skip = records.findIndex(({ offset }) => offset >= from)
  return {
    records: skip > 0 ? records.slice(skip) : records,
    nextOffset: rows[0]?.next_offset ?? from,
  }
}

interface ChunkRow {
  readonly next_offset: number
  readonly first_offset: number
  readonly body: string | null
}

// Offsets leave as float8, which pg makes numbers of (exact up to 2^53).
const position = {
  name: 'log_read_position',
  text: `select next_offset::float8 as next_offset from pipeline.log_position
    where topic = $1 and group_name = $2 and partition = $3`,
}

const commit = {
  name: 'log_commit',
  text: `update pipeline.log_position set next_offset = $5, committed_at = clock_timestamp()
    where topic = $1 and group_name = $2 and partition = $3 and next_offset = $4
    returning 1`,
}

// One statement, so that the end and the chunks are of one moment. Both ends of the index range are bounded: the cost
// is that of the chunks read, however long the backlog. octet_length does not fetch a chunk's body.
const read = {
  name: 'log_read',
  text: `select p.next_offset::float8 as next_offset, c.first_offset::float8 as first_offset, c.body
    from pipeline.log_partition p
    left join lateral (
      select sized.first_offset, sized.body from (
        select k.first_offset, k.body,
          sum(octet_length(k.body)) over (order by k.first_offset rows unbounded preceding) - octet_length(k.body)
            as bytes_before
        from pipeline.log_chunk k
        where k.topic = $1 and k.partition = $2 and k.first_offset < $3::bigint + $4::bigint
          and k.first_offset >= coalesce((
            select max(first_offset) from pipeline.log_chunk
            where topic = $1 and partition = $2 and first_offset <= $3::bigint
          ), $3::bigint)
          and k.last_offset >= $3::bigint
      ) sized
      where sized.bytes_before < $5::bigint
    ) c on true
    where p.topic = $1 and p.partition = $2
    order by c.first_offset`,
}

const waited = {
  name: 'log_waited',
  text: `select (extract(epoch from clock_timestamp() - appended_at) * 1000)::float8 as waited_ms
    from pipeline.log_chunk
    where topic = $1 and partition = $2 and first_offset <= $3::bigint and last_offset >= $3::bigint
    order by first_offset desc limit 1`,
}
