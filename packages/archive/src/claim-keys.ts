import { Fault } from '@millrace/contracts/fault'
import type { Archive } from './archive.ts'

/** A pseudonym key that people in the archive are known by. */
export interface KnownKey {
  /** Tells keys apart and nothing of them. */
  readonly fingerprint: string
  /** ISO 8601 UTC: when it was first used. */
  readonly since: string
}

export interface KeyFingerprints {
  readonly current: string
  readonly retired?: string | undefined
}

const KEY = 'pseudonym-keys.json'

/**
 * Notes that people get their pseudonyms from this key from now on. The first key that comes is as good as any; each
 * later one has to name the one before it as retired, or everyone would be somebody new, unnoticed.
 * @throws Fault `config_invalid` when neither key is known.
 */
export async function claimKeys(archive: Archive, keys: KeyFingerprints, now: () => Date): Promise<void> {
  const { current, retired } = keys
  for (;;) {
    const object = await archive.get(KEY)
    const known = object ? parse(Buffer.from(object.body).toString()) : []
    const isKnown = (key: string | undefined): boolean => known.some(({ fingerprint }) => fingerprint === key)
    if (isKnown(current)) return
    if (known.length > 0 && !isKnown(retired)) throw notTheirs(known, keys)
    const first = known.length === 0 && retired !== undefined ? [retired, current] : [current]
    const since = now().toISOString()
    const body = write([...known, ...first.map((fingerprint) => ({ fingerprint, since }))])
    const done = object
      ? (await archive.replaceIfUnchanged(KEY, object.etag, body, {})) === 'replaced'
      : (await archive.putIfAbsent(KEY, body, {})) === 'created'
    if (done) return
  }
}

/** The keys that people in the archive are known by, the oldest first; none before the first event. */
export async function readKeys(archive: Pick<Archive, 'get'>): Promise<readonly KnownKey[]> {
  const object = await archive.get(KEY)
  return object ? parse(Buffer.from(object.body).toString()) : []
}

function notTheirs(known: readonly KnownKey[], { current, retired }: KeyFingerprints): Fault {
  const [name, fingerprint] =
    retired === undefined ? ['PSEUDONYM_KEY', current] : ['PSEUDONYM_KEY_RETIRED', retired]
  const latest = known.at(-1)
  return new Fault(
    'config_invalid',
    `Wrong configuration:\n  ${name}: people in the archive are known by the key with fingerprint ${latest?.fingerprint}, ` +
      `in use since ${latest?.since}, and this one has ${fingerprint}: with it everyone would be somebody new. Set ` +
      `${retired === undefined ? 'PSEUDONYM_KEY to that key, or PSEUDONYM_KEY_RETIRED to it in a rotation' : 'it to that key'}; ` +
      `where that key is lost, delete ${KEY} from the archive to begin anew`,
  )
}

function write(keys: readonly KnownKey[]): Uint8Array {
  return Buffer.from(`${JSON.stringify({ keys })}\n`)
}

function parse(text: string): readonly KnownKey[] {
  try {
    const { keys } = JSON.parse(text) as { readonly keys: readonly Partial<KnownKey>[] }
    if (keys.every(({ fingerprint, since }) => typeof fingerprint === 'string' && typeof since === 'string'))
      return keys as readonly KnownKey[]
  } catch {
    // Told below, together with JSON of another shape.
  }
  throw new Fault('config_invalid', `${KEY} in the archive does not list keys: restore it, or delete it`)
}
