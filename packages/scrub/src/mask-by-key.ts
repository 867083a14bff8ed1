import type { KeyKind, PersonalKind } from './personal-keys.ts'

/** Fewest digits that make the value what the name says: `mobile: "yes"` and `card: "visa"` are none. */
const FEWEST_DIGITS: Partial<Record<KeyKind, number>> = { phone: 4, card: 8 }

/**
 * Whether a text loses its value because of its field's name. Card and phone fields do only with figures in them;
 * an empty text has nothing to lose, an earlier mark stays.
 */
export function losesValue(kind: PersonalKind, value: string): boolean {
  if (value === '' || /^\[[a-z_]+\]$/.test(value)) return false
  const fewest = FEWEST_DIGITS[kind]
  return fewest === undefined || countDigits(value) >= fewest
}

/** Numbers: a phone, card, PIN or id may be one; a count of tokens or a rank by name is none. */
export function losesNumber(kind: PersonalKind, value: number): boolean {
  if (kind === 'token' || kind === 'ip' || kind === 'name' || kind === 'email') return false
  return Number.isInteger(value) && losesValue(kind, String(value))
}

function countDigits(value: string): number {
  return value.match(/\p{Nd}/gu)?.length ?? 0
}
