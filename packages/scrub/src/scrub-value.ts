import { fieldPath } from './field-path.ts'
import { type Found, newMarks, noteFinding } from './found.ts'
import { losesNumber, losesValue } from './mask-by-key.ts'
import { type KeyKind, kindInside, type PersonIdKind } from './personal-keys.ts'
import type { RuleNode } from './policy-plans.ts'
import type { Pseudonyms } from './pseudonym.ts'
import { scrubAndCut, scrubText } from './scrub-text.ts'
import { drop, keep, maskWhole, type Treat } from './treatments.ts'

const CUT = '[cut]'
const DEEPEST = 12
/** Values of one event that are kept, over all its levels. */
const MOST_VALUES = 2_000
const LONGEST_KEY = 200
/** Texts of one event that are searched; a longer event loses the rest. */
const MOST_CHARACTERS = 300_000
/** Where a value stands: what it is by the names around it, and which rule speaks of it. */
interface Place {
  readonly key: string
  readonly kind: KeyKind | undefined
  /** Of this place, or of the nearest one above that a rule names. */
  readonly treat: Treat | undefined
  readonly rules: RuleNode | undefined
  readonly depth: number
}

export interface ValueScrub {
  readonly pseudonym: Pseudonyms
  readonly found: Found
  /** The path of the value itself, as `properties`; none for a whole event. */
  readonly at?: string
  /** The rules of a policy, from the value down. */
  readonly rules?: RuleNode | undefined
  /** Its contract refused it: no rule keeps anything of it. */
  readonly refused?: boolean
}

interface Walk {
  readonly pseudonym: Pseudonyms
  readonly found: Found
  readonly refused: boolean
  /** Names from the top to where the walk is. */
  readonly path: string[]
  values: number
  characters: number
}

/**
 * Scrubs any JSON value: what a rule names is treated by it, fields named after personal data lose their value, person ids
 * become pseudonyms, every other string and key is searched. Cut with `[cut]` beyond 12 levels, 2,000 values or 300,000
 * characters. Never throws.
 */
export function scrubValue(
  value: unknown,
  { pseudonym, found, at, rules, refused = false }: ValueScrub,
): unknown {
  const path = at === undefined ? [] : [at]
  const walk: Walk = { pseudonym, found, refused, path, values: 0, characters: 0 }
  return scrubAny(walk, value, { key: '', kind: undefined, treat: rules?.treat, rules, depth: 0 })
}

function scrubAny(walk: Walk, value: unknown, place: Place): unknown {
  if (++walk.values > MOST_VALUES) return CUT
  if (typeof value === 'string') return scrubString(walk, value, place)
  if (typeof value === 'number') return scrubNumber(walk, value, place)
  if (value === null) return value
  if (typeof value === 'boolean') return place.treat ? treatAs(walk, value, place.treat) : value
  if (typeof value !== 'object') return null
  if (place.treat === drop) return undefined
  if (place.depth >= DEEPEST) return CUT
  return Array.isArray(value)
    ? scrubArray(walk, value, place)
    : scrubObject(walk, value as Readonly<Record<string, unknown>>, place)
}

function scrubArray(walk: Walk, items: readonly unknown[], place: Place): unknown[] {
  const rules = place.rules?.children.get('*')
  const { key, kind } = place
  // Field by field: spreading the place took as long as the rest.
  const inside = { key, kind, treat: rules?.treat ?? place.treat, rules, depth: place.depth + 1 }
  const kept: unknown[] = []
  walk.path.push('*')
  for (const item of items) {
    const scrubbed = scrubAny(walk, item, inside)
    if (scrubbed !== undefined) kept.push(scrubbed)
    if (walk.values > MOST_VALUES) break
  }
  walk.path.pop()
  return kept
}

function scrubObject(
  walk: Walk,
  fields: Readonly<Record<string, unknown>>,
  place: Place,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const key in fields) {
    if (!Object.hasOwn(fields, key) || key === '__proto__') continue
    if (walk.values > MOST_VALUES) {
      kept[CUT] = true
      break
    }
    const name = scrubKey(walk, key)
    walk.path.push(name)
    const scrubbed = scrubAny(walk, fields[key], placeInside(place, key))
    walk.path.pop()
    if (scrubbed !== undefined) kept[freeKey(kept, name)] = scrubbed
  }
  return kept
}

function placeInside(place: Place, key: string): Place {
  const rules = place.rules?.children.get(key)
  return {
    key,
    kind: kindInside(key, place.key, place.kind),
    treat: rules?.treat ?? place.treat,
    rules,
    depth: place.depth + 1,
  }
}

function scrubKey(walk: Walk, key: string): string {
  walk.characters += key.length
  const name = scrubAndCut(key, LONGEST_KEY)
  if (name !== key) noteMarksAt(walk, [...walk.path, name], key, name)
  return name
}

/** Two keys that become one mark are both kept. */
function freeKey(kept: Readonly<Record<string, unknown>>, key: string): string {
  if (!Object.hasOwn(kept, key)) return key
  let number = 2
  while (Object.hasOwn(kept, `${key}_${number}`)) number++
  return `${key}_${number}`
}

function scrubString(walk: Walk, value: string, place: Place): unknown {
  walk.characters += value.length
  if (walk.characters > MOST_CHARACTERS) return CUT
  const { kind } = place
  const treat = ruleAt(walk, place)
  if (treat !== undefined) return treatAs(walk, value, treat)
  if (isPersonId(kind)) return value === '' ? value : pseudonymOf(walk, kind, value)
  if (kind === undefined || !losesValue(kind, value)) {
    const scrubbed = scrubText(value)
    if (scrubbed !== value) noteMarksAt(walk, walk.path, value, scrubbed)
    return scrubbed
  }
  noteFinding(walk.found, fieldPath(walk.path), kind, 'mask')
  return `[${kind}]`
}

/** A number is a card where its name says so or its figures do; nothing else is read from figures alone. */
function scrubNumber(walk: Walk, value: number, place: Place): unknown {
  const { kind } = place
  const treat = ruleAt(walk, place)
  if (treat !== undefined) return treatAs(walk, value, treat)
  if (isPersonId(kind)) return pseudonymOf(walk, kind, String(value))
  if (kind === undefined) return isLongInteger(value) ? scrubbedNumber(walk, value) : value
  if (!losesNumber(kind, value)) return value
  noteFinding(walk.found, fieldPath(walk.path), kind, 'mask')
  return `[${kind}]`
}

/** The rule that counts: ids of people and addresses are never kept, and an id is hashed as people are. */
function ruleAt({ refused }: Walk, { kind, treat }: Place): Treat | undefined {
  if (isPersonId(kind)) return treat === drop || treat === maskWhole ? treat : undefined
  return treat === keep && (refused || kind === 'ip') ? undefined : treat
}

/** By a rule: what it leaves as it is keeps its type. */
function treatAs(walk: Walk, value: string | number | boolean, treat: Treat): unknown {
  const text = String(value)
  const treated = treat(text, fieldPath(walk.path), walk.found)
  return treated === text ? value : treated
}

function pseudonymOf(walk: Walk, kind: PersonIdKind, id: string): string {
  noteFinding(walk.found, fieldPath(walk.path), kind, 'hash')
  return walk.pseudonym(kind === 'user_id' ? 'u' : 'a', id)
}

function noteMarksAt(walk: Walk, path: readonly string[], before: string, after: string): void {
  for (const kind of newMarks(before, after)) noteFinding(walk.found, fieldPath(path), kind, 'mask')
}

function isLongInteger(value: number): boolean {
  return value >= 1e13 && value < 1e19 && Number.isInteger(value)
}

function scrubbedNumber(walk: Walk, value: number): unknown {
  const text = String(value)
  const scrubbed = scrubText(text)
  if (scrubbed === text) return value
  noteMarksAt(walk, walk.path, text, scrubbed)
  return scrubbed
}

function isPersonId(kind: KeyKind | undefined): kind is PersonIdKind {
  return kind === 'user_id' || kind === 'anonymous_id'
}
