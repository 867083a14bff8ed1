import type { Archive } from './archive.ts'
import { BROKEN_SPOOL, SPOOL, spooledAt, spoolKey } from './spool/spool-key.ts'
import { packBatches, type SpoolBatch, unpackBatches } from './spool/spool-lines.ts'

/** What became of a spool object that was to be read. */
export type Spooled =
  | { readonly kind: 'batches'; readonly batches: readonly SpoolBatch[] }
  /** Another one has published and deleted it. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'broken'; readonly detail: string }

/**
 * Stores records that the log does not take now, as one object below `spool/`, and returns its key. Resolves when they
 * are durable; after a fault they may be stored nevertheless, or be a little later.
 */
export async function addToSpool(
  archive: Pick<Archive, 'putIfAbsent'>,
  batches: readonly SpoolBatch[],
  /** When the oldest of the events was received. */
  receivedAt: Date,
): Promise<string> {
  const key = spoolKey(receivedAt)
  const records = batches.reduce((count, batch) => count + batch.records.length, 0)
  // The key is ours alone: if it exists already, an earlier try of this put came through.
  await archive.putIfAbsent(key, await packBatches(batches), { records: String(records) })
  return key
}

/** The keys of the spool, the oldest events first. */
export async function* listSpool(archive: Pick<Archive, 'list'>): AsyncIterable<string> {
  for await (const key of archive.list(SPOOL)) if (spooledAt(key)) yield key
}

/** How many batches wait. */
export async function countSpooled(archive: Pick<Archive, 'list'>): Promise<number> {
  let batches = 0
  for await (const _key of listSpool(archive)) batches += 1
  return batches
}

/** When the oldest event was received that waits in the spool; undefined when none waits. */
export async function oldestSpooledAt(archive: Pick<Archive, 'list'>): Promise<Date | undefined> {
  for await (const key of listSpool(archive)) return spooledAt(key)
  return undefined
}

/** Reads one object whole. */
export async function readSpooled(archive: Pick<Archive, 'get'>, key: string): Promise<Spooled> {
  const object = await archive.get(key)
  if (!object) return { kind: 'gone' }
  try {
    return { kind: 'batches', batches: await unpackBatches(object.body) }
  } catch (error) {
    return { kind: 'broken', detail: (error as Error).message }
  }
}

/** Moves an object that cannot be read out of the way, as it is, and returns where it is now. */
export async function setSpooledAside(
  archive: Pick<Archive, 'get' | 'putIfAbsent' | 'delete'>,
  key: string,
): Promise<string> {
  const asideKey = BROKEN_SPOOL + key.slice(SPOOL.length)
  const object = await archive.get(key)
  if (object) await archive.putIfAbsent(asideKey, object.body, object.metadata)
  await archive.delete(key)
  return asideKey
}
