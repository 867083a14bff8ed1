/** What was done with personal data: a mark in its place, a keyed hash, a shorter value, or nothing left of it. */
export const TREATMENTS = ['mask', 'hash', 'cut', 'drop'] as const
export type Treatment = (typeof TREATMENTS)[number]

/**
 * What personal data can be: the word between the brackets that take its place. A closed list, since metrics carry it;
 * `user_id` and `anonymous_id` are ids in a custom event, `other` is what was replaced without a word of its own.
 */
export const FOUND_KINDS = [
  'email',
  'phone',
  'card',
  'iban',
  'ip',
  'token',
  'password',
  'name',
  'address',
  'birth_date',
  'national_id',
  'id',
  'user_id',
  'anonymous_id',
  'other',
] as const
export type FoundKind = (typeof FOUND_KINDS)[number]

/** That a field carried personal data, never which. */
export interface Finding {
  /** Without places in lists and names that may be anyone's: `properties.items.*.note`, `context.page.title`. */
  readonly field: string
  readonly kind: FoundKind
  readonly treatment: Treatment
}

/** Findings that one event may have; what is beyond them is scrubbed all the same. */
export const MOST_FINDINGS = 20
