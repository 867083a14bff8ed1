import { Fault } from '@millrace/contracts/fault'
import type { Archive, ArchiveObject } from '../archive.ts'

/** What an object is to become. */
export type Replacement =
  | { readonly kind: 'kept' }
  | {
      readonly kind: 'replaced'
      readonly body: Uint8Array
      readonly metadata: Readonly<Record<string, string>>
      readonly counts: ErasedCounts
    }
  /** Nothing is left of it, and nobody but us ever writes to it. */
  | { readonly kind: 'deleted'; readonly counts: ErasedCounts }

export interface ErasedCounts {
  /** Records or rows that are gone. */
  readonly erased: number
  /** Others' that stay without the person. */
  readonly redacted: number
}

/** Told of an object before it is replaced, so that a process that is killed then loses no count. */
export type NoteObject = (key: string, counts: ErasedCounts) => Promise<void>

export interface Erasing {
  replace(object: ArchiveObject): Promise<Replacement>
  readonly note: NoteObject
  /** Nothing is written but the note. */
  readonly dryRun: boolean
}

const TRIES = 10

/** Replaces an object, if there is something to erase in it, only while it is what was looked at. */
export async function eraseObject(
  archive: Pick<Archive, 'get' | 'replaceIfUnchanged' | 'delete'>,
  key: string,
  { replace, note, dryRun }: Erasing,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const object = await archive.get(key)
    if (!object) return
    const replacement = await replace(object)
    if (replacement.kind === 'kept') return
    await note(key, replacement.counts)
    if (dryRun) return
    if (replacement.kind === 'deleted') return archive.delete(key)
    const { body, metadata } = replacement
    if ((await archive.replaceIfUnchanged(key, object.etag, body, metadata)) === 'replaced') return
  }
  throw new Fault('archive_unavailable', `Could not replace ${key}: others kept changing it`)
}
