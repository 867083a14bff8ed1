import { scrubText } from './scrub-text.ts'

/** Query values that are secrets of the page or find the person again; the rest of the query is searched like a text. */
const SECRET =
  /^(?:code|state|key|sig|signature|hash|ticket|nonce|session|sid|sso|saml.*|invite|reset|magic|confirm.*)$/i
const LONGEST_PUBLIC_VALUE = 200

/** A path or URL with what its query, its fragment and its user part may give away replaced; `javascript:` and data URLs go. */
export function scrubUrl(url: string): string {
  if (/^(?:data|javascript|blob):/i.test(url)) return url.slice(0, url.indexOf(':') + 1)
  const query = url.search(/[?#]/)
  if (query === -1) return scrubText(url)
  const pairs = url.slice(query).replace(/([?&#;])([^=&#;?]{1,100})=([^&#;]*)/g, maskSecret)
  return scrubText(url.slice(0, query) + pairs)
}

function maskSecret(found: string, sign: string, key: string, value: string): string {
  if (value === '') return found
  return SECRET.test(key) || value.length > LONGEST_PUBLIC_VALUE ? `${sign}${key}=[token]` : found
}
