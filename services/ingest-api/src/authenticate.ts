import type { IncomingHttpHeaders } from 'node:http'
import type { WriteKey } from '@millrace/contracts/write-key'
import { type Refusal, refusal } from './refusal.ts'

/** `unnamed`: no key in the headers; it may still stand in the body. */
export type Caller =
  | { readonly kind: 'known'; readonly key: WriteKey }
  | { readonly kind: 'unnamed' }
  | (Refusal & { readonly key?: WriteKey })

export type WriteKeysByKey = ReadonlyMap<string, WriteKey>

/** Who sends, by the write key in the headers, and whether that key may be used from this origin. */
export function authenticate(keys: WriteKeysByKey, headers: IncomingHttpHeaders): Caller {
  const named = writeKeyInHeaders(headers)
  return named === undefined ? { kind: 'unnamed' } : authenticateAs(keys, named, headers.origin)
}

/** As `authenticate`, with the write key that stood in the body; undefined when there was none either. */
export function authenticateByBody(
  keys: WriteKeysByKey,
  named: string | undefined,
  origin: string | undefined,
): Exclude<Caller, { kind: 'unnamed' }> {
  return named === undefined
    ? refusal(
        401,
        'expected a write key: Authorization (Basic or Bearer), X-Write-Key or "writeKey" in the body',
      )
    : authenticateAs(keys, named, origin)
}

/** True when browsers may send with this key from this origin. */
export function allowsOrigin(key: WriteKey, origin: string): boolean {
  return key.kind === 'public' && (key.origins === undefined || key.origins.includes(origin))
}

function authenticateAs(
  keys: WriteKeysByKey,
  named: string,
  origin: string | undefined,
): Exclude<Caller, { kind: 'unnamed' }> {
  const key = keys.get(named)
  if (key === undefined) return refusal(401, 'expected a known write key')
  if (origin === undefined || allowsOrigin(key, origin)) return { kind: 'known', key }
  const detail =
    key.kind === 'secret'
      ? 'A secret key was used from a browser: use a public key there, and replace this one, it is no longer secret'
      : 'expected an origin that this write key lists'
  return { ...refusal(403, detail), key }
}

function writeKeyInHeaders({
  authorization,
  'x-write-key': header,
}: IncomingHttpHeaders): string | undefined {
  const [scheme = '', credentials = ''] = (authorization ?? '').trim().split(/\s+/, 2)
  if (scheme.toLowerCase() === 'bearer' && credentials !== '') return credentials
  if (scheme.toLowerCase() === 'basic' && credentials !== '') return userNameOf(credentials)
  return typeof header === 'string' && header.trim() !== '' ? header.trim() : undefined
}

function userNameOf(credentials: string): string {
  return Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0] ?? ''
}
