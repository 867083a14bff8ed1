import type pg from 'pg'
import type { TopicRecords } from '../event-log.ts'
import { partitionOf } from '../partition-of.ts'
import { chunkText, frameRecord } from './chunk-text.ts'
import { queryWithin } from './connection.ts'

/** The frames that one publish puts into one partition, in order. */
export interface PartitionFrames {
  readonly topic: string
  readonly partition: number
  readonly frames: readonly string[]
}

const MAX_RECORDS_A_CHUNK = 2_000
const MAX_UNITS_A_CHUNK = 512 * 1024

/** Packs the records, each for the partition of its key. */
export async function framesByPartition(
  batches: readonly TopicRecords[],
  partitionsOf: (topic: string) => Promise<number>,
): Promise<readonly PartitionFrames[]> {
  const parts: PartitionFrames[] = []
  for (const { topic, records } of batches) {
    const partitions = await partitionsOf(topic)
    const byPartition = new Map<number, string[]>()
    for (const record of records) {
      const partition = partitionOf(record.key, partitions)
      const frames = byPartition.get(partition)
      if (frames) frames.push(frameRecord(record))
      else byPartition.set(partition, [frameRecord(record)])
    }
    for (const [partition, frames] of byPartition) parts.push({ topic, partition, frames })
  }
  return parts
}

/** Appends all or nothing, in one transaction and one round trip. */
export async function appendFrames(
  pool: pg.Pool,
  parts: readonly PartitionFrames[],
  timeoutMs: number,
): Promise<void> {
  const topics: string[] = []
  const partitions: number[] = []
  const counts: number[] = []
  const bodies: Buffer[] = []
  for (const { topic, partition, frames } of joinParts(parts)) {
    for (const chunk of cutChunks(frames)) {
      topics.push(topic)
      partitions.push(partition)
      counts.push(chunk.length)
      bodies.push(Buffer.from(chunkText(chunk)))
    }
  }
  const sizes = bodies.map((body) => body.length)
  const text = 'select pipeline.log_append($1::text[], $2::int[], $3::int[], $4::int[], $5::bytea)'
  const values = [topics, partitions, counts, sizes, Buffer.concat(bodies)]
  await queryWithin(pool, { name: 'log_append', text, values }, timeoutMs)
}

/** Several publishes' frames of one partition become one part. */
function joinParts(parts: readonly PartitionFrames[]): readonly PartitionFrames[] {
  const byPartition = new Map<string, { topic: string; partition: number; lists: (readonly string[])[] }>()
  for (const { topic, partition, frames } of parts) {
    const name = `${topic} ${partition}`
    const known = byPartition.get(name)
    if (known) known.lists.push(frames)
    else byPartition.set(name, { topic, partition, lists: [frames] })
  }
  return [...byPartition.values()].map(({ topic, partition, lists }) => ({
    topic,
    partition,
    frames: lists.flat(),
  }))
}

function* cutChunks(frames: readonly string[]): Iterable<readonly string[]> {
  let from = 0
  let units = 0
  for (const [place, frame] of frames.entries()) {
    const full = place - from >= MAX_RECORDS_A_CHUNK || units + frame.length > MAX_UNITS_A_CHUNK
    if (place > from && full) {
      yield frames.slice(from, place)
      from = place
      units = 0
    }
    units += frame.length
  }
  yield frames.slice(from)
}
