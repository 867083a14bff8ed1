import { ENDINGS, IMPERSONAL, NAME, PERSON, SUFFIXES, WHOLE } from './personal-key-names.ts'
import type { KeyKind } from './personal-kind.ts'

export type { KeyKind, PersonalKind, PersonIdKind } from './personal-kind.ts'

const KIND_BY_ENDING = new Map<string, KeyKind>()
for (const [kind, endings] of Object.entries(ENDINGS) as [KeyKind, string][])
  for (const ending of endings.split(' ')) {
    KIND_BY_ENDING.set(ending, kind)
    KIND_BY_ENDING.set(ending.replaceAll('_', ''), kind)
  }
const KIND_BY_WHOLE = new Map(
  (Object.entries(WHOLE) as [KeyKind, string][]).flatMap(([kind, names]) =>
    names.split(' ').map((name) => [name, kind] as const),
  ),
)
/** Asked first: most names are no compounds. */
const MAY_BE_COMPOUND = new RegExp(SUFFIXES.map(([suffix]) => suffix.source).join('|'))
const ENDS_IN_FIELD = /^(?:\d+|value|raw|text|input|field)$/
/** The last words of all names, to be done with most others after one look. */
const LAST_WORDS = new Set(
  [...KIND_BY_ENDING.keys(), ...KIND_BY_WHOLE.keys(), 'value', 'raw', 'text', 'input', 'field'].map((name) =>
    name.slice(name.lastIndexOf('_') + 1),
  ),
)
const LAST_WORD = /(?:[A-Z]+|[A-Z]?[a-z]+)[^A-Za-z]*$/
const LONGEST_ENDING = 4
const WORDS = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}]+|\p{N}+/gu
const NOT_ASCII = /[^ -~]/

const known = new Map<string, KeyKind | ''>()
const KNOWN_KEYS = 5_000
const LONGEST_KEY = 100

/** What the field holds, judged by the end of its name: `contactEmail` is an e-mail, `email_opened` is none. */
export function kindOfKey(key: string): KeyKind | undefined {
  if (key.length > LONGEST_KEY) return undefined
  let kind = known.get(key)
  if (kind === undefined) {
    kind = judge(key) ?? ''
    if (known.size >= KNOWN_KEYS) known.clear()
    known.set(key, kind)
  }
  return kind === '' ? undefined : kind
}

/**
 * What a field inside another holds: by its own name, else by the name of the field around it. `name` says a person where
 * the object around it does: `customer.name`, but not `items[].name`.
 */
export function kindInside(
  key: string,
  parent: string,
  parentKind: KeyKind | undefined,
): KeyKind | undefined {
  const own = kindOfKey(key) ?? (isNameOfPerson(key, parent) ? 'name' : undefined)
  if (own !== undefined || parentKind === undefined) return own
  return IMPERSONAL.test(key) ? undefined : parentKind
}

function isNameOfPerson(key: string, parent: string): boolean {
  return NAME.test(key) && PERSON.test(words(parent).at(-1) ?? '')
}

function judge(key: string): KeyKind | undefined {
  if (!NOT_ASCII.test(key) && !mayEnd(key)) return undefined
  const all = words(key)
  while (all.length > 1 && ENDS_IN_FIELD.test(all.at(-1) as string)) all.pop()
  return kindOfEnding(all) ?? kindOfEnding(singular(all)) ?? kindOfWord(all)
}

function mayEnd(key: string): boolean {
  const last =
    LAST_WORD.exec(key)?.[0]
      .replace(/[^A-Za-z]+$/, '')
      .toLowerCase() ?? ''
  return (
    LAST_WORDS.has(last) ||
    (last.endsWith('s') && (LAST_WORDS.has(last.slice(0, -1)) || LAST_WORDS.has(last.slice(0, -2)))) ||
    MAY_BE_COMPOUND.test(last)
  )
}

function kindOfWord(all: readonly string[]): KeyKind | undefined {
  const last = all.at(-1) ?? ''
  if (all.length === 1 && KIND_BY_WHOLE.has(last)) return KIND_BY_WHOLE.get(last)
  if (!MAY_BE_COMPOUND.test(last)) return undefined
  return SUFFIXES.find(([suffix]) => suffix.test(last))?.[1]
}

function kindOfEnding(all: readonly string[]): KeyKind | undefined {
  for (let from = Math.max(0, all.length - LONGEST_ENDING); from < all.length; from++) {
    const kind = KIND_BY_ENDING.get(all.slice(from).join('_'))
    if (kind !== undefined) return kind
  }
  return undefined
}

/** `emails`, `phoneNumbers`; not `tokens`, which are counted. */
function singular(all: readonly string[]): readonly string[] {
  const last = all.at(-1) ?? ''
  if (!last.endsWith('s') || last === 'tokens' || last === 'pans') return []
  return [...all.slice(0, -1), last.endsWith('sses') ? last.slice(0, -2) : last.slice(0, -1)]
}

/** In lower case, without accents: `firstName`, `FIRST_NAME` and `first-name` are the same two words. */
function words(key: string): string[] {
  const plain = NOT_ASCII.test(key) ? key.normalize('NFKD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss') : key
  return plain.match(WORDS)?.map((word) => word.toLowerCase()) ?? []
}
