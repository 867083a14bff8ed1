import type { Random } from './random.ts'

/** The kinds of the labelled set, under its names. */
export const KINDS = [
  'email',
  'email_edge',
  'phone',
  'phone_national',
  'credit_card',
  'iban',
  'ssn',
  'national_id',
  'ipv4',
  'ipv6',
  'jwt',
  'api_key',
  'bearer_token',
  'password',
  'person_name',
  'street_address',
  'date_of_birth',
] as const
export type Kind = (typeof KINDS)[number]

/** A harmless thing that looks like personal data, and the strings of it that have to survive. */
export interface LookAlike {
  readonly value: unknown
  readonly keep: readonly string[]
}

/**
 * One half of the held-out records: with `tuned` the detectors were looked after, `untuned` is only counted.
 * In texts `{v}` is the value, `{p}` an article's name, `{o}` an order number; both have to survive.
 */
export interface Split {
  readonly seed: number
  /** Languages that names and streets come from. */
  readonly locales: readonly string[]
  readonly keys: Readonly<Record<Kind, readonly string[]>>
  readonly texts: Readonly<Partial<Record<Kind, readonly string[]>>>
  /** Makers of keys and the forms of their keys, as `Random.form` reads them. */
  readonly apiKeys: Readonly<Record<string, string>>
  readonly ids: Readonly<Record<string, (random: Random) => string>>
  readonly edgeEmails: readonly string[]
  readonly products: readonly string[]
  readonly lookAlikes: Readonly<Record<string, (random: Random) => LookAlike>>
}
