import { losesNumber, losesValue } from './mask-by-key.ts'
import { isNameOfPerson, type KeyKind, kindOfKey, type PersonalKind } from './personal-keys.ts'
import type { Pseudonyms } from './pseudonym.ts'
import { scrubText } from './scrub-text.ts'

const CUT = '[cut]'
const DEEPEST = 12
/** Values of one event that are kept, over all its levels. */
const MOST_VALUES = 2_000
const LONGEST_KEY = 200
/** Texts of one event that are searched; a longer event loses the rest. */
const MOST_CHARACTERS = 300_000
/** Inside `address: { … }` and its like these say nothing about a person. */
const IMPERSONAL =
  /^(?:country|country_?code|city|state|region|province|type|kind|currency|verified|status|method|provider|brand|scheme)$/i

interface Walk {
  readonly pseudonym: Pseudonyms
  values: number
  characters: number
}

/**
 * Scrubs any JSON value: fields named after personal data lose their value, person ids become pseudonyms, every other
 * string and key is searched. Cut with `[cut]` beyond 12 levels, 2,000 values or 300,000 characters. Never throws.
 */
export function scrubValue(value: unknown, pseudonym: Pseudonyms): unknown {
  return scrubAny({ pseudonym, values: 0, characters: 0 }, value, '', undefined, 0)
}

function scrubAny(
  walk: Walk,
  value: unknown,
  key: string,
  kind: KeyKind | undefined,
  depth: number,
): unknown {
  if (++walk.values > MOST_VALUES) return CUT
  if (typeof value === 'string') return scrubString(walk, value, kind)
  if (typeof value === 'number') return scrubNumber(walk, value, kind)
  if (typeof value === 'boolean' || value === null) return value
  if (typeof value !== 'object') return null
  if (depth >= DEEPEST) return CUT
  return Array.isArray(value)
    ? scrubArray(walk, value, key, kind, depth + 1)
    : scrubObject(walk, value as Readonly<Record<string, unknown>>, key, kind, depth + 1)
}

function scrubArray(
  walk: Walk,
  items: readonly unknown[],
  key: string,
  kind: KeyKind | undefined,
  depth: number,
): unknown[] {
  const kept: unknown[] = []
  for (const item of items) {
    kept.push(scrubAny(walk, item, key, kind, depth))
    if (walk.values > MOST_VALUES) break
  }
  return kept
}

function scrubObject(
  walk: Walk,
  fields: Readonly<Record<string, unknown>>,
  parent: string,
  parentKind: KeyKind | undefined,
  depth: number,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const key in fields) {
    if (!Object.hasOwn(fields, key) || key === '__proto__') continue
    if (walk.values > MOST_VALUES) {
      kept[CUT] = true
      break
    }
    const kind = fieldKind(key, parent, parentKind)
    kept[freeKey(kept, scrubKey(walk, key))] = scrubAny(walk, fields[key], key, kind, depth)
  }
  return kept
}

function fieldKind(key: string, parent: string, parentKind: KeyKind | undefined): KeyKind | undefined {
  const own = kindOfKey(key) ?? (isNameOfPerson(key, parent) ? 'name' : undefined)
  if (own !== undefined || parentKind === undefined) return own
  return IMPERSONAL.test(key) ? undefined : parentKind
}

function scrubKey(walk: Walk, key: string): string {
  walk.characters += key.length
  return key.length > LONGEST_KEY ? scrubText(key.slice(0, LONGEST_KEY)) + CUT : scrubText(key)
}

/** Two keys that become one mark are both kept. */
function freeKey(kept: Readonly<Record<string, unknown>>, key: string): string {
  if (!Object.hasOwn(kept, key)) return key
  let number = 2
  while (Object.hasOwn(kept, `${key}_${number}`)) number++
  return `${key}_${number}`
}

function scrubString(walk: Walk, value: string, kind: KeyKind | undefined): string {
  walk.characters += value.length
  if (walk.characters > MOST_CHARACTERS) return CUT
  if (kind === undefined) return scrubText(value)
  if (isPersonId(kind)) return value === '' ? value : walk.pseudonym(kind === 'user_id' ? 'u' : 'a', value)
  return losesValue(kind, value) ? `[${kind}]` : scrubText(value)
}

/** A number is a card where its name says so or its figures do; nothing else is read from figures alone. */
function scrubNumber(walk: Walk, value: number, kind: KeyKind | undefined): unknown {
  if (kind === undefined) return isLongInteger(value) ? scrubbedNumber(value) : value
  if (isPersonId(kind)) return walk.pseudonym(kind === 'user_id' ? 'u' : 'a', String(value))
  return losesNumber(kind, value) ? `[${kind}]` : value
}

function isLongInteger(value: number): boolean {
  return value >= 1e13 && value < 1e19 && Number.isInteger(value)
}

function scrubbedNumber(value: number): unknown {
  const text = String(value)
  const scrubbed = scrubText(text)
  return scrubbed === text ? value : scrubbed
}

function isPersonId(kind: KeyKind): kind is Exclude<KeyKind, PersonalKind> {
  return kind === 'user_id' || kind === 'anonymous_id'
}
