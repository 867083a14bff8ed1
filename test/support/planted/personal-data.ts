import { germanIban, withLuhn } from '@millrace/jobs/canary/check-digits'
import fc from 'fast-check'

/** A piece of personal data of a generated event. */
export interface Piece {
  readonly kind: string
  /** As it stands in a field of its own; undefined for what only words around it make personal. */
  readonly bare: string | undefined
  /** In a sentence. */
  readonly said: string
  /** What may be found of it nowhere. */
  readonly needles: readonly string[]
}

const LOWER = [...'abcdefghijkmnopqrstuvwxyz']
const digits = (length: number) => text([...'0123456789'], length)
const letters = (length: number) => text(LOWER, length)
const mixed = (length: number) =>
  text([...'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789'], length).map(
    (all) => `${all.slice(0, -1)}7`,
  )

function text(alphabet: readonly string[], length: number): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length })
    .map((all) => all.join(''))
}

/** Eight letters or more that can be spoken, with a capital. */
const word = fc
  .array(fc.tuple(fc.constantFrom(...'bdfgkmnprstvz'), fc.constantFrom(...'aiou')), {
    minLength: 4,
    maxLength: 5,
  })
  .map((pairs) => pairs.map((pair) => pair.join('')).join(''))
  .map((small) => small.charAt(0).toUpperCase() + small.slice(1))

const grouped = (number: string, sign: string): string => number.replace(/(.{4})(?=.)/g, `$1${sign}`)
const piece = (kind: string, bare: string, said: string): Piece => ({ kind, bare, said, needles: [bare] })

const email = fc
  .tuple(
    letters(5),
    fc.constantFrom('', '.', '+', '_', '-'),
    digits(4),
    letters(6),
    fc.constantFrom('com', 'de', 'co.uk', 'travel', 'io'),
  )
  .map(([local, sign, end, host, top]) => `${local}${sign}${end}@${host}.${top}`)
  .map((value) => piece('email', value, `write to ${value} please`))

const phone = fc
  .oneof(
    digits(7).map((number) => `+43 664 ${number}`),
    digits(7).map((number) => `+49171${number}`),
    digits(4).map((number) => `+1 (212) 555-${number}`),
    digits(6).map((number) => `+44 7700 ${number}`),
    digits(8).map((number) => `+33 6 ${number.replace(/(..)(?=.)/g, '$1 ')}`),
  )
  .map((value) => piece('phone', value, `call me at ${value} today`))

const card = fc
  .tuple(fc.constantFrom('4', '51', '2221', '6011', '3530'), digits(15), fc.constantFrom('', ' ', '-'))
  .map(([issuer, rest, sign]) => grouped(withLuhn((issuer + rest).slice(0, 15)), sign))
  .map((value) => piece('card', value, `pay with ${value} now`))

const iban = fc
  .tuple(digits(18), fc.constantFrom('', ' '))
  .map(([account, sign]) => grouped(germanIban(account), sign))
  .map((value) => piece('iban', value, `refund to ${value} thanks`))

const ip = fc
  .oneof(
    fc
      .tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: 11, max: 250 })))
      .filter(([first]) => first !== 127)
      .map((parts) => parts.join('.')),
    fc
      .array(fc.integer({ min: 0x1000, max: 0xffff }), { minLength: 6, maxLength: 6 })
      .map((parts) => `2001:db8:${parts.map((part) => part.toString(16)).join(':')}`),
  )
  .map((value) => piece('ip', value, `seen from ${value} twice`))

const token = fc
  .oneof(
    fc
      .tuple(digits(12), mixed(43))
      .map(
        ([sub, signature]) =>
          `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify({ sub })).toString('base64url')}.${signature}`,
      ),
    mixed(24).map((key) => `sk_live_${key}`),
    mixed(36).map((key) => `ghp_${key}`),
    text([...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'], 16).map((key) => `AKIA${key}`),
  )
  .map((value) => piece('token', value, `the key is ${value} there`))

const spoken = fc.oneof(
  fc.tuple(word, word).map(([first, last]) => ({
    ...{ kind: 'name', bare: undefined, needles: [first, last] },
    said: `My name is ${first} ${last}.`,
  })),
  mixed(10).map((value) => ({
    kind: 'password',
    bare: undefined,
    needles: [value],
    said: `my password is ${value}`,
  })),
  fc.tuple(word, fc.integer({ min: 1, max: 99 })).map(([street, number]) => ({
    ...{ kind: 'address', bare: undefined, needles: [street] },
    said: `I live at ${number} ${street} Street`,
  })),
  mixed(30).map((value) => ({
    kind: 'token',
    bare: undefined,
    needles: [value],
    said: `Authorization: Bearer ${value}`,
  })),
)

/** What is recognised wherever it stands. */
export const barePiece: fc.Arbitrary<Piece> = fc.oneof(email, phone, card, iban, ip, token)

/** Any piece, also those that only a sentence gives away. */
export const anyPiece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 3, arbitrary: barePiece },
  { weight: 1, arbitrary: spoken },
)

/** A word of figures and letters that is no personal data, as ids of shops are. */
export const plainId = fc.tuple(letters(3), digits(4)).map(([prefix, number]) => `${prefix}-${number}`)
