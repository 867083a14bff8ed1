import type { Archive } from '@millrace/archive/archive'
import { z } from 'zod'
import type { Seen } from '../create-account-reader.ts'

/** What the last reconciliation saw, kept in the archive, which it speaks of. */
export interface SeenAccounts {
  /** Which log the offsets are of. */
  readonly identity: string
  readonly checkedAt: Date
  /** When everything was looked at from the beginning. */
  readonly fullAt: Date
  readonly broken: boolean
  readonly topics: Seen
}

const KEY = 'reconcile/seen.json'

const range = { from: z.number(), to: z.number() }
const counts = { loaded: z.number(), ignored: z.number(), duplicate: z.number(), quarantined: z.number() }
const partition = z.object({
  partition: z.number(),
  archived: z.array(z.object(range)),
  ledger: z.array(z.object({ ...range, ...counts, erased: z.number() })),
})
const Kept = z.object({
  identity: z.string(),
  checkedAt: z.coerce.date(),
  fullAt: z.coerce.date(),
  broken: z.boolean(),
  topics: z.record(z.string(), z.array(partition)),
})

/** Undefined when nothing was kept that can be read: then everything is looked at. */
export async function readSeen(archive: Pick<Archive, 'get'>): Promise<SeenAccounts | undefined> {
  const object = await archive.get(KEY)
  if (!object) return undefined
  return Kept.safeParse(parseJson(Buffer.from(object.body).toString())).data
}

/** Of two that end at the same time one is kept: either is true. */
export async function keepSeen(
  archive: Pick<Archive, 'head' | 'putIfAbsent' | 'replaceIfUnchanged'>,
  seen: SeenAccounts,
): Promise<void> {
  const body = Buffer.from(JSON.stringify(seen))
  const there = await archive.head(KEY)
  if (there) await archive.replaceIfUnchanged(KEY, there.etag, body, {})
  else await archive.putIfAbsent(KEY, body, {})
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
