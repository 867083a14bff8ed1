import { caseless } from './caseless.ts'
import { KEYS_OF_MAKERS } from './key-makers.ts'

/** From the beginning of its run of letters, so that a long run without a point is gone through once, not once an `eyJ`. */
const JWT = /(?<![\w-])(?=[\w-]*?\beyJ[\w-]{8})([\w-]+)\.[\w-]{8,8000}(?:\.[\w-]{0,2000})?/g
const AUTHORIZATION =
  /\b(bearer|basic|digest|negotiate|authorization: ?(?:token|apikey|key))(?: |%20|\+){1,3}(?=[^ ]{0,200}[\d=._-])([\w.~+/=-]{8,4000})/gi
/** `my key is …`, `--api-key …`, `SECRET="…"`, `API key provided: …`: a run of mixed letters and figures behind it. */
const NAMED = caseless(
  /((?<![\p{L}\d])(?:api[ _-]?|access[ _-]?|secret[ _-]?|private[ _-]?|auth[ _-]?)?(?:key|secret|token|credentials?)(?: (?:is|was|ist|est|provided|used|value)){0,2}["']?[ :=]{1,3}["']?)([\w.~+/=-]{20,400})/u
    .source,
  'g',
)
const UUID_OR_HASH = /^(?:[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|[\da-f]{40}|[\da-f]{64})$/i
const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]{0,8000}?(?:-----END [A-Z ]{0,30}-----|$)/g

const API_KEY = new RegExp(
  `(?<![A-Za-z0-9])(?=[\\w.+/=:$~-]{16})(?:${KEYS_OF_MAKERS.join('|')})(?![A-Za-z0-9])`,
  'g',
)

/** Replaces JWTs, API keys of known makers and private keys by `[token]`. */
export function maskTokens(text: string): string {
  let masked = text
  if (masked.includes('eyJ'))
    masked = masked.replace(JWT, (_found, run: string) => `${run.slice(0, run.search(/\beyJ/))}[token]`)
  if (masked.includes('-----BEGIN')) masked = masked.replace(PRIVATE_KEY, '[token]')
  return masked.replace(API_KEY, '[token]')
}

/** Replaces what stands after `Bearer`, `Basic` and their like by `[token]`. */
export function maskCredentials(text: string): string {
  const masked = text.replace(AUTHORIZATION, '$1 [token]')
  return masked.replace(NAMED, (found, before: string, value: string) =>
    isMixed(value) ? `${before}[token]` : found,
  )
}

/** Letters and figures, or small and capital letters: no word of a language, and no id of a form that names nobody. */
function isMixed(value: string): boolean {
  const letters = /[a-z]/i.test(value)
  return (
    letters &&
    (/\d/.test(value) || (/[a-z]/.test(value) && /[A-Z]{2}/.test(value))) &&
    !UUID_OR_HASH.test(value)
  )
}
