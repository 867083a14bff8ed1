import type { FoundKind } from '@millrace/contracts/finding'
import { germanIban, withLuhn } from './check-digits.ts'
import type { Draw } from './create-draw.ts'

/** A sort of personal data; several may be of one kind. */
export type FalseName =
  | 'email'
  | 'phone'
  | 'card'
  | 'spacedCard'
  | 'iban'
  | 'ip'
  | 'ipv6'
  | 'ssn'
  | 'jwt'
  | 'apiKey'
  | 'bearer'
  | 'password'
  | 'firstName'
  | 'lastName'
  | 'street'
  | 'birthDate'
  | 'visitor'

/** How a false value is made: of what is the same in every round, its sign, and of the round. */
export interface FalseValueMaker {
  readonly name: FalseName
  readonly kind: FoundKind
  /** In no text by chance, and so enough to be searched for. */
  sign(draw: Draw): string
  value(sign: string, round: number): string
  /** A sentence in which whoever reads it knows what the value is. */
  said(value: string): string
}

/** Of North America; with 555-01 behind it the number is one for films. */
const AREAS = ['201', '202', '212', '303', '312', '415', '503', '617', '702', '808']
const TEST_CARD = '400000'

const ending = (round: number, digits: number): string => String(round % 10 ** digits).padStart(digits, '0')
const base64url = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** A round in letters, for what has no figures. */
const spelt = (round: number): string =>
  [...ending(round, 4)].map((digit) => 'bdfgklmnrs'[Number(digit)]).join('a')

/** Valid in form and nobody's: addresses of documentation, numbers of films and test systems, ids that are not given out. */
export const falseValues: readonly FalseValueMaker[] = [
  {
    name: 'email',
    kind: 'email',
    sign: ({ word }) => word('email'),
    value: (sign, round) => `${sign}.${round}@canary.example.org`,
    said: (value) => `Write to ${value} soon.`,
  },
  {
    name: 'phone',
    kind: 'phone',
    sign: ({ digits }) => `${AREAS[Number(digits('area', 1))]}-555-01`,
    value: (sign, round) => `+1 ${sign}${ending(round, 2)}`,
    said: (value) => `Call me at ${value}.`,
  },
  {
    name: 'card',
    kind: 'card',
    sign: ({ digits }) => TEST_CARD + digits('card', 6),
    value: (sign, round) => withLuhn(sign + ending(round, 3)),
    said: (value) => `Charge my card ${value}.`,
  },
  {
    name: 'spacedCard',
    kind: 'card',
    sign: ({ digits }) => `${TEST_CARD}${digits('spaced card', 6)}`.replace(/(\d{4})(?=\d)/g, '$1 '),
    value: (sign, round) =>
      withLuhn(sign.replaceAll(' ', '') + ending(round, 3)).replace(/(\d{4})(?=\d)/g, '$1 '),
    said: (value) => `Or the card ${value}.`,
  },
  {
    // No German bank's number begins with 0.
    name: 'iban',
    kind: 'iban',
    sign: ({ digits }) => `0${digits('bank', 13)}`,
    value: (sign, round) => germanIban(sign + ending(round, 4)),
    said: (value) => `Refund it to ${value}.`,
  },
  {
    name: 'ip',
    kind: 'ip',
    sign: ({ digits }) => `203.0.113.1${digits('ip', 2)}`,
    value: (sign) => sign,
    said: (value) => `It came from ${value} again.`,
  },
  {
    name: 'ipv6',
    kind: 'ip',
    sign: ({ digits }) => `2001:db8:${digits('ip 1', 4)}:1${digits('ip 2', 3)}`,
    value: (sign, round) => `${sign}::1${ending(round, 3)}`,
    said: (value) => `And from ${value} too.`,
  },
  {
    // Groups 01 to 49 behind a 9 are neither of a social security number nor of a tax number.
    name: 'ssn',
    kind: 'national_id',
    sign: ({ digits }) => `9${digits('area of ssn', 2)}-${1 + (Number(digits('group', 1)) % 4)}1-1`,
    value: (sign, round) => `${sign}${ending(round, 3)}`,
    said: (value) => `My SSN is ${value}.`,
  },
  {
    name: 'jwt',
    kind: 'token',
    sign: ({ letters }) => letters('signature', 43),
    value: (sign, round) => `${base64url({ alg: 'HS256' })}.${base64url({ sub: `${round}` })}.${sign}`,
    said: (value) => `The session was ${value} then.`,
  },
  {
    name: 'apiKey',
    kind: 'token',
    sign: ({ letters }) => `sk_live_${letters('api key', 16)}`,
    value: (sign, round) => `${sign}${ending(round, 4)}`,
    said: (value) => `The API key is ${value}.`,
  },
  {
    name: 'bearer',
    kind: 'token',
    sign: ({ letters }) => `${letters('bearer', 20)}7`,
    value: (sign, round) => `${sign}${ending(round, 4)}`,
    said: (value) => `Authorization: Bearer ${value}`,
  },
  {
    name: 'password',
    kind: 'password',
    sign: ({ word }) => word('password'),
    value: (sign, round) => `${sign}!${round}`,
    said: (value) => `My password is ${value} .`,
  },
  {
    name: 'firstName',
    kind: 'name',
    sign: ({ word }) => capitalised(word('first name')),
    value: (sign) => sign,
    said: (value) => `Dear ${value},`,
  },
  {
    name: 'lastName',
    kind: 'name',
    sign: ({ word }) => capitalised(word('last name')),
    value: (sign, round) => `${sign}${spelt(round)}`,
    said: (value) => `My name is Maria ${value}.`,
  },
  {
    name: 'street',
    kind: 'address',
    sign: ({ word }) => capitalised(word('street')),
    value: (sign, round) => `${1 + (round % 99)} ${sign} Street`,
    said: (value) => `I live at ${value}, Springfield.`,
  },
  {
    name: 'birthDate',
    kind: 'birth_date',
    sign: ({ digits }) =>
      `1${digits('day of birth', 1)}.0${1 + (Number(digits('month', 1)) % 9)}.190${digits('year', 1)}`,
    value: (sign) => sign,
    said: (value) => `I was born on ${value}.`,
  },
  {
    name: 'visitor',
    kind: 'anonymous_id',
    sign: ({ word }) => word('visitor'),
    value: (sign) => `${sign}@canary.example.org`,
    said: (value) => `The visitor is ${value}.`,
  },
]
