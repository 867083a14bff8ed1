import type { WriteKey } from '@millrace/contracts/write-key'
import { allowsOrigin } from './authenticate.ts'

export type Headers = Readonly<Record<string, string>>

export interface Cors {
  /** A preflight names no key: it is answered for any origin that some public key allows. */
  preflightHeaders(origin: string | undefined): Headers
  /** The key in question decides; while none is known (no key, not JSON), the rule of the preflight does. */
  answerHeaders(origin: string | undefined, key: WriteKey | undefined): Headers
}

const PREFLIGHT_SECONDS = 7200
const NONE: Headers = { Vary: 'Origin' }
/** As browsers send it: nobody's name before the host, nothing behind the port. What is none is not repeated. */
const ORIGIN = /^(?:null|[a-z][a-z0-9+.-]{0,30}:\/\/[^\s@/?#]{1,255})$/i

export function createCors(keys: Iterable<WriteKey>): Cors {
  const known = [...keys]
  const anyAllows = (origin: string): boolean =>
    ORIGIN.test(origin) && known.some((key) => allowsOrigin(key, origin))
  return {
    preflightHeaders: (origin) =>
      origin === undefined || !anyAllows(origin)
        ? NONE
        : {
            ...NONE,
            'Access-Control-Allow-Origin': origin,
            'Access-Control-Allow-Methods': 'POST',
            'Access-Control-Allow-Headers':
              'Authorization, Content-Encoding, Content-Type, Traceparent, Tracestate, X-Request-Id, X-Write-Key',
            'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
          },
    answerHeaders: (origin, key) => {
      if (origin === undefined) return NONE
      const allowed = anyAllows(origin) && (key === undefined || allowsOrigin(key, origin))
      return allowed
        ? {
            ...NONE,
            'Access-Control-Allow-Origin': origin,
            'Access-Control-Expose-Headers': 'Retry-After, X-Request-Id',
          }
        : NONE
    },
  }
}
