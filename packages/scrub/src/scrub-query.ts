import { losesValue } from './mask-by-key.ts'
import { kindOfKey } from './personal-keys.ts'

/** A string that is a URL or a path with a query: its values may hold raw spaces. */
const IS_URL = /^(?:[a-z][a-z0-9+.-]{1,20}:\/\/|\/|\?)[^\s]{0,2000}=/i
const PAIR_IN_URL = /([?&#;]|^)([\w.[\]%-]{1,64})=([^&#]{1,4096})/g
const PAIR_IN_TEXT = /(?<![\w.[\]-])([\p{L}_][\w.-]{0,63})=(["']?)([^\s&"'<>;,)\]]{1,1024})/gu
const PAIR_IN_JSON = /(["'])([\p{L}_][\w.-]{0,63})\1\s{0,2}:\s{0,2}(["'])([^"']{1,1024})\3/gu

/** Takes the values of `key=value` and `"key":"value"` away whose key says personal data; keys and the rest stay. */
export function maskPairs(text: string): string {
  if (IS_URL.test(text)) return text.replace(PAIR_IN_URL, maskPairInUrl)
  return text.replace(PAIR_IN_TEXT, (found, key: string, quote: string, value: string) => {
    const mark = markFor(key, value)
    return mark === undefined ? found : `${key}=${quote}${mark}`
  })
}

export function maskJsonPairs(text: string): string {
  return text.replace(PAIR_IN_JSON, (found, quote: string, key: string, _quote: string, value: string) => {
    const mark = markFor(key, value)
    return mark === undefined ? found : `${quote}${key}${quote}:"${mark}"`
  })
}

function maskPairInUrl(found: string, sign: string, key: string, value: string): string {
  const mark = markFor(key, value)
  return mark === undefined ? found : `${sign}${key}=${mark}`
}

/** A person's id in a text cannot become a pseudonym that joins, so it goes too. */
function markFor(key: string, value: string): string | undefined {
  const kind = kindOfKey(key)
  if (kind === undefined) return undefined
  if (kind === 'user_id' || kind === 'anonymous_id') return '[id]'
  return losesValue(kind, value) ? `[${kind}]` : undefined
}
