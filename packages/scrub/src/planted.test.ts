import fc from 'fast-check'
import { expect, test } from 'vitest'
import { passesLuhn } from './detectors/card.ts'
import { createPseudonyms } from './pseudonym.ts'
import { scrubText } from './scrub-text.ts'
import { scrubValue } from './scrub-value.ts'

const pseudonym = createPseudonyms('a key for tests')

const digits = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
    .map((all) => all.join(''))

const email = fc
  .tuple(
    fc.stringMatching(/^[a-z][a-z0-9]{1,12}(?:[._+-][a-z0-9]{1,8})?$/),
    fc.stringMatching(/^[a-z][a-z0-9-]{1,12}[a-z]$/),
    fc.constantFrom('com', 'de', 'co.uk', 'travel', 'io', 'xn--p1ai'),
  )
  .map(([local, host, end]) => `${local}@${host}.${end}`)

const card = fc
  .tuple(
    fc.constantFrom('4', '51', '55', '2221', '6011', '65', '3530'),
    digits(15),
    fc.constantFrom('', ' ', '-'),
  )
  .map(([prefix, rest, sign]) => {
    const body = (prefix + rest).slice(0, 15)
    const check = [...'0123456789'].find((digit) => passesLuhn(body + digit)) as string
    return (body + check).replace(/(\d{4})(?=\d)/g, `$1${sign}`)
  })

const iban = fc
  .tuple(
    fc.constantFrom(['DE', 18], ['AT', 16], ['NL', 14], ['FR', 23]),
    digits(23),
    fc.constantFrom('', ' '),
  )
  .map(([[country, length], rest, sign]) => {
    const account = rest.slice(0, Number(length))
    const number = [...`${account}${country}00`].map((char) => Number.parseInt(char, 36)).join('')
    const check = String(98n - (BigInt(number) % 97n)).padStart(2, '0')
    return `${country}${check}${account}`.replace(/(.{4})(?=.)/g, `$1${sign}`)
  })

const phone = fc.oneof(
  digits(7).map((number) => `+43 664 ${number}`),
  digits(7).map((number) => `+49171${number}`),
  digits(7).map((number) => `+1 (212) ${number.slice(0, 3)}-${number.slice(3)}`),
  digits(6).map((number) => `0044 7700 ${number}`),
  digits(7).map((number) => `0664 ${number}`),
)

const planted = fc.oneof(email, card, iban, phone)
const words = fc.array(
  fc.constantFrom(
    'box',
    'the',
    'late,',
    'order',
    'Veg',
    '(again)',
    'über',
    '12',
    'a/b',
    '-',
    'please',
    'x=1',
    '50%',
    ':',
  ),
  { maxLength: 6 },
)
const sentence = fc
  .tuple(words, planted, words)
  .map(([before, value, after]) => ({ value, text: [...before, 'is', value, 'and', ...after].join(' ') }))

const runs = { numRuns: 2_000 }

test('e-mails, cards, IBANs and phones planted in a text never survive', () => {
  fc.assert(
    fc.property(sentence, ({ text, value }) => {
      expect(scrubText(text)).not.toContain(value)
    }),
    runs,
  )
})

test('nor when they are percent-encoded in a URL, once or twice', () => {
  fc.assert(
    fc.property(
      planted,
      fc.integer({ min: 1, max: 2 }),
      fc.constantFrom('q', 'ref', 'note'),
      (value, times, key) => {
        let encoded = value
        for (let i = 0; i < times; i++) encoded = encodeURIComponent(encoded)
        const scrubbed = scrubText(`https://shop.example/search?page=2&${key}=${encoded}&sort=price`)
        expect(decodeURIComponent(decodeURIComponent(scrubbed))).not.toContain(value)
        expect(scrubbed).toContain('sort=price')
      },
    ),
    runs,
  )
})

test('nor anywhere in a value of any shape, as a value or as a key', () => {
  const holder = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant('PLANTED'),
      fc.string({ maxLength: 8 }),
      fc.integer(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('name', 'note', 'items', 'PLANTED', 'address', 'x'), tie('value'), {
        maxKeys: 3,
      }),
    ),
  })).value
  fc.assert(
    fc.property(holder, planted, (shape, value) => {
      const json = JSON.stringify(shape).replaceAll('PLANTED', value)
      expect(
        JSON.stringify(scrubValue(JSON.parse(json), { pseudonym, found: { findings: undefined } })),
      ).not.toContain(value)
    }),
    runs,
  )
})

test('whatever the text, scrubbing ends, throws nothing and finds nothing more in its own output', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const once = scrubText(text)
      expect(scrubText(once)).toBe(once)
    }),
    runs,
  )
})
