import { losesNumber, losesValue } from './mask-by-key.ts'
import { type KeyKind, kindInside } from './personal-keys.ts'

type Scrub = (text: string) => string

const DEEPEST = 12

/**
 * A text that is JSON as a whole, with its fields judged by their names and its texts searched; as it was where nothing
 * was found. Undefined for any other text.
 */
export function scrubJson(text: string, scrub: Scrub): string | undefined {
  const parsed = parse(text)
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const clean = scrubAny(parsed, '', undefined, scrub, 0)
  return clean === parsed ? text : JSON.stringify(clean)
}

/** A text that breaks off is most often not JSON: the sign at its end is cheaper to ask than what is thrown. */
function parse(text: string): unknown {
  const first = text.charCodeAt(0)
  const last = text.charCodeAt(text.length - 1)
  if (!((first === 123 && last === 125) || (first === 91 && last === 93))) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Copies only what changes. */
function scrubAny(
  value: unknown,
  key: string,
  kind: KeyKind | undefined,
  scrub: Scrub,
  depth: number,
): unknown {
  if (typeof value === 'string') return scrubString(value, kind, scrub)
  if (typeof value === 'number') return scrubNumber(value, kind, scrub)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEEPEST) return '[cut]'
  if (Array.isArray(value)) {
    const items = value.map((item) => scrubAny(item, key, kind, scrub, depth + 1))
    return items.some((item, i) => item !== value[i]) ? items : value
  }
  const entries = Object.entries(value).map(([name, inner]) => {
    return [scrub(name), scrubAny(inner, name, kindInside(name, key, kind), scrub, depth + 1)] as const
  })
  const before = Object.entries(value)
  const same = entries.every(([name, inner], i) => name === before[i]?.[0] && inner === before[i]?.[1])
  return same ? value : Object.fromEntries(entries)
}

/** A person's id in a text cannot become a pseudonym that joins, so it goes too. */
function scrubString(value: string, kind: KeyKind | undefined, scrub: Scrub): string {
  if (kind === 'user_id' || kind === 'anonymous_id') return value === '' ? value : '[id]'
  return kind !== undefined && losesValue(kind, value) ? `[${kind}]` : scrub(value)
}

function scrubNumber(value: number, kind: KeyKind | undefined, scrub: Scrub): unknown {
  if (kind === 'user_id' || kind === 'anonymous_id') return '[id]'
  if (kind !== undefined) return losesNumber(kind, value) ? `[${kind}]` : value
  if (value < 1e13 || !Number.isInteger(value)) return value
  const scrubbed = scrub(String(value))
  return scrubbed === String(value) ? value : scrubbed
}
