import type { Archive } from '@millrace/archive/archive'
import { parquetPositionKey } from '@millrace/archive/parquet/parquet-key'
import { Fault } from '@millrace/contracts/fault'
import { z } from 'zod'

const Position = z.object({ nextOffset: z.number().int().min(0) })
const TRIES = 10

/** Each record of the partition before this offset is in Parquet, or counts for nothing. */
export async function readCompacted(archive: Archive, topic: string, partition: number): Promise<number> {
  return (await readPosition(archive, parquetPositionKey(topic, partition))).nextOffset
}

/** Moves forward only: of two compactors the one that is further stays. */
export async function keepCompacted(
  archive: Archive,
  { topic, partition, nextOffset }: { topic: string; partition: number; nextOffset: number },
): Promise<void> {
  const key = parquetPositionKey(topic, partition)
  const body = Buffer.from(JSON.stringify({ nextOffset }))
  for (let tries = 0; tries < TRIES; tries++) {
    const kept = await readPosition(archive, key)
    if (kept.nextOffset >= nextOffset) return
    const done =
      kept.etag === undefined
        ? (await archive.putIfAbsent(key, body, {})) === 'created'
        : (await archive.replaceIfUnchanged(key, kept.etag, body, {})) === 'replaced'
    if (done) return
  }
  throw new Fault('archive_unavailable', `Could not write ${key}: others kept changing it`)
}

async function readPosition(archive: Archive, key: string): Promise<{ nextOffset: number; etag?: string }> {
  const object = await archive.get(key)
  if (!object) return { nextOffset: 0 }
  const { nextOffset } = Position.parse(JSON.parse(Buffer.from(object.body).toString()))
  return { nextOffset, etag: object.etag }
}
