import { hash } from 'node:crypto'
import { type IsErased, wasReceivedBefore } from '@millrace/contracts/erase-people'
import type { Archive } from '../archive.ts'

/** Who is to be forgotten, as the archive keeps it for those who have no database. */
export interface Tombstones {
  readonly erasureId: string
  /** Pseudonyms; kept as hashes. */
  readonly people: ReadonlySet<string>
  /** ISO 8601 UTC; undefined while whatever comes of them is to go. */
  readonly erasedAt?: string
}

const PREFIX = 'erased/'
const KEY = /^erased\/([0-9a-f-]{36})\.(open|closed)\.json$/

/**
 * Puts the tombstones there, durable before it returns: every put of the archiver that begins after it sees them. Once it
 * is known up to when, that stands beside the open ones before these go, so that there is no moment without.
 */
export async function putTombstones(
  archive: Pick<Archive, 'putIfAbsent' | 'delete'>,
  { erasureId, people, erasedAt }: Tombstones,
): Promise<void> {
  const body = { ...(erasedAt !== undefined && { erasedAt }), people: [...people].map(tombstoneOf) }
  const key = (state: 'open' | 'closed'): string => `${PREFIX}${erasureId}.${state}.json`
  await archive.putIfAbsent(
    key(erasedAt === undefined ? 'open' : 'closed'),
    Buffer.from(JSON.stringify(body)),
    {},
  )
  if (erasedAt !== undefined) await archive.delete(key('open'))
}

/** A bare hash, the same as pipeline.tombstone_of: what is kept does not say who was forgotten. */
export function tombstoneOf(person: string): string {
  const hex = hash('sha256', `erased:${person}`, 'hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}

/** The erasures whose tombstones are in the archive. */
export async function listTombstones(archive: Pick<Archive, 'list'>): Promise<readonly string[]> {
  const ids = new Set<string>()
  for await (const key of archive.list(PREFIX)) ids.add(KEY.exec(key)?.[1] ?? '')
  ids.delete('')
  return [...ids]
}

/** Takes them away, when nothing of these persons can come to the archive any more. */
export async function deleteTombstones(archive: Pick<Archive, 'delete'>, erasureId: string): Promise<void> {
  for (const state of ['open', 'closed']) await archive.delete(`${PREFIX}${erasureId}.${state}.json`)
}

interface Kept {
  readonly people: readonly string[]
  /** Epoch milliseconds. */
  readonly until: number
}

/**
 * Reads the tombstones that the archive holds now: one list, and what is new. An object never changes, so that each is
 * read once.
 */
export function createTombstoneReader(
  archive: Pick<Archive, 'list' | 'get'>,
): () => Promise<IsErased | undefined> {
  let known = new Map<string, Kept>()
  return async function readTombstones() {
    const found = new Map<string, Kept>()
    for await (const key of archive.list(PREFIX)) {
      const kept = known.get(key) ?? (await readKept(archive, key))
      if (kept) found.set(key, kept)
    }
    known = found
    return found.size > 0 ? isErasedBy([...found.values()]) : undefined
  }
}

/** Undefined when it was taken away since it was listed. */
async function readKept(archive: Pick<Archive, 'get'>, key: string): Promise<Kept | undefined> {
  const object = KEY.test(key) ? await archive.get(key) : undefined
  if (!object) return undefined
  const { people, erasedAt } = JSON.parse(Buffer.from(object.body).toString()) as {
    readonly people: readonly string[]
    readonly erasedAt?: string
  }
  return { people, until: erasedAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(erasedAt) }
}

function isErasedBy(all: readonly Kept[]): IsErased {
  const until = new Map<string, number>()
  for (const kept of all) {
    for (const person of kept.people) until.set(person, Math.max(kept.until, until.get(person) ?? 0))
  }
  const last = Math.max(...all.map((kept) => kept.until))
  return (person, receivedAt) => {
    // Nearly everything came after the last erasure, and is not hashed.
    if (!wasReceivedBefore(receivedAt, last)) return false
    const end = until.get(tombstoneOf(person))
    return end !== undefined && wasReceivedBefore(receivedAt, end)
  }
}
