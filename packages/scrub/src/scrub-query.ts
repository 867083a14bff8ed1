import { losesValue } from './mask-by-key.ts'
import { kindOfKey } from './personal-keys.ts'
import { decodePart, encodeLike } from './scrub-encoded.ts'

/** A string that is a URL or a path with a query: its values may hold raw spaces. */
const IS_URL = /^(?:[a-z][a-z0-9+.-]{1,20}:\/\/|\/|\?)[^\s]{0,2000}=/i
const PAIR_IN_URL = /([?&#;]|^)([\w.[\]%-]{1,64})=([^&#]{1,4096})/g
const PAIR_IN_TEXT = /(?<![\w.[\]-])([\p{L}_][\p{L}\w.-]{0,63})=(["']?)([^\s&"'<>;,)\]]{1,1024})/gu
/** The quotes may be escaped, as in JSON inside JSON. */
const PAIR_IN_JSON =
  /(\\{0,3}["'])([\p{L}_][\p{L}\w.-]{0,63})\1\s{0,2}:\s{0,2}(?:(\\{0,3}["'])([^"'\\]{1,1024})\3|(\d{4,20})(?![\d.]))/gu

/**
 * Takes the values of `key=value` away whose key says personal data; keys and the rest stay. In a URL, values with `+`
 * for a space are given to `scrub` in their plain form.
 */
export function maskPairs(text: string, scrub: (value: string) => string): string {
  if (IS_URL.test(text))
    return text.replace(PAIR_IN_URL, (found, sign: string, key: string, value: string) => {
      const masked = markFor(key, value) ?? (value.includes('+') ? scrubSpaced(value, scrub) : value)
      return masked === value ? found : `${sign}${key}=${masked}`
    })
  return text.replace(PAIR_IN_TEXT, (found, key: string, quote: string, value: string) => {
    const mark = markFor(key, value)
    return mark === undefined ? found : `${key}=${quote}${mark}`
  })
}

/** A `+` at the beginning is that of a telephone number. */
function scrubSpaced(value: string, scrub: (value: string) => string): string {
  const plain = decodePart(value.replace(/(?!^)\+/g, ' '))
  const clean = scrub(plain)
  return clean === plain ? value : encodeLike(value, clean).replaceAll('%20', '+')
}

/** The same for `"key":"value"` of JSON inside a text. */
export function maskJsonPairs(text: string): string {
  return text.replace(
    PAIR_IN_JSON,
    (found, quote: string, key: string, _quote: unknown, value?: string, number?: string) => {
      const mark = markFor(key, value ?? number ?? '')
      return mark === undefined ? found : `${quote}${key}${quote}:${quote}${mark}${quote}`
    },
  )
}

/** A person's id in a text cannot become a pseudonym that joins, so it goes too. */
function markFor(key: string, value: string): string | undefined {
  const kind = kindOfKey(key)
  if (kind === undefined) return undefined
  if (kind === 'user_id' || kind === 'anonymous_id') return '[id]'
  return losesValue(kind, value) ? `[${kind}]` : undefined
}
