import { allFakers, type Faker } from '@faker-js/faker'
import examples from 'libphonenumber-js/examples.mobile'
import {
  type CountryCode,
  getCountries,
  getExampleNumber,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max'
import { withLuhn } from './national-ids.ts'
import type { Random } from './random.ts'
import type { Kind, Split } from './split.ts'

export type Values = Readonly<Record<Kind, () => string>>

/** Values of every kind, drawn from the split's languages, makers and countries. */
export function createValues(split: Split, random: Random): Values {
  const fakers = split.locales.map(
    (locale) => (allFakers as Readonly<Record<string, Faker>>)[locale] as Faker,
  )
  for (const [i, faker] of fakers.entries()) faker.seed(split.seed + i)
  const faker = () => random.pick(fakers)
  return {
    email: () => emailOf(faker(), random),
    email_edge: () => random.pick(split.edgeEmails),
    phone: () => internationalPhone(random),
    phone_national: () => phoneOf(random).formatNational(),
    credit_card: () => cardOf(random),
    iban: () => faker().finance.iban({ formatted: random.chance(0.5) }),
    ssn: () =>
      `${random.whole(100, 665)}-${random.whole(10, 99)}-${random.whole(1_000, 9_999)}`.replace(
        /-/g,
        random.chance(0.8) ? '-' : ' ',
      ),
    national_id: () => random.pick(Object.values(split.ids))(random),
    ipv4: () =>
      `${random.whole(11, 223)}.${random.whole(0, 255)}.${random.whole(0, 255)}.${random.whole(1, 254)}`,
    ipv6: () => ipv6Of(random),
    jwt: () => jwtOf(random),
    api_key: () => random.form(random.pick(Object.values(split.apiKeys))),
    bearer_token: () =>
      random
        .form('*'.repeat(random.whole(20, 60)))
        .replace(/^(.{9})./, `$1${random.pick(['.', '-', '_', 'A'])}`) + random.whole(0, 9),
    password: () =>
      random.form(
        random.pick([
          '********#',
          '**\\!**#***',
          '\\S\\u\\m\\m\\e\\r####!',
          '****-****-##',
          '***#***$**',
          '**************#',
        ]),
      ),
    person_name: () => nameOf(faker(), random),
    street_address: () => addressOf(faker(), random),
    date_of_birth: () => birthOf(random),
  }
}

function emailOf(faker: Faker, random: Random): string {
  const host = random.pick([
    'gmail.com',
    'web.de',
    'orange.fr',
    'mail.example.co.uk',
    'firma.example',
    'posteo.net',
    'uol.com.br',
  ])
  const local = faker.internet
    .username()
    .normalize('NFKD')
    .replace(/[^\w.-]/g, '')
  return `${local}${random.pick(['', '', '+shop', random.form('##')])}@${host}`
}

const COUNTRIES = getCountries()

/** An example number with other last figures that is still one. */
function phoneOf(random: Random): PhoneNumber {
  for (;;) {
    const country = random.pick(COUNTRIES) as CountryCode
    const example = getExampleNumber(country, examples)
    if (example === undefined) continue
    const other = example.number.slice(0, -4) + random.form('####')
    const parsed = parsePhoneNumberFromString(other)
    if (parsed?.isValid()) return parsed
  }
}

function internationalPhone(random: Random): string {
  const phone = phoneOf(random)
  const spaced = phone.formatInternational()
  return random.pick([
    phone.number,
    spaced,
    spaced,
    spaced.replace(/ /g, '-'),
    spaced.replace(/ /g, '.'),
    spaced.replace(/^\+/, '00'),
    spaced.replace(/^(\+\d+) (\d+)/, '$1 ($2)'),
    spaced.replace(/^(\+\d+) (0?\d+)/, '$1 (0)$2'),
  ])
}

const ISSUERS = [
  '4***************',
  '51**************',
  '2221************',
  '34*************',
  '37*************',
  '6011************',
  '65**************',
  '36************',
  '30[0]***********',
  '3528************',
  '62**************',
  '5018************',
  '2200************',
  '4******************',
  '6759************',
]

function cardOf(random: Random): string {
  const form = random.pick(ISSUERS).replace(/[[\]]/g, '')
  const card = withLuhn(form.slice(0, -1).replace(/\*/g, () => random.form('#')))
  if (random.chance(0.5)) return card
  const sign = random.pick([' ', ' ', '-'])
  if (card.length === 15) return card.replace(/(....)(......)/, `$1${sign}$2${sign}`)
  return card.replace(/(....)(?=.)/g, `$1${sign}`)
}

function ipv6Of(random: Random): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    i === 0 ? random.pick(['2001', '2a02', '2600', 'fd12']) : random.form('xxxx'),
  )
  const whole = groups.join(':')
  return random.pick([
    whole,
    whole.toUpperCase(),
    groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':'),
    `${groups.slice(0, 3).join(':')}::${groups[7]}`,
    `${groups.slice(0, 4).join(':')}::`,
    `::ffff:${random.whole(11, 223)}.${random.whole(0, 255)}.${random.whole(0, 255)}.${random.whole(1, 254)}`,
    `fe80::${groups.slice(4).join(':')}`,
    `64:ff9b::${random.whole(11, 223)}.0.2.${random.whole(1, 254)}`,
  ])
}

function jwtOf(random: Random): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = part({
    alg: random.pick(['HS256', 'RS256', 'ES384', 'none']),
    ...(random.chance(0.5) && { typ: 'JWT' }),
  })
  return `${head}.${part({ sub: random.form('########'), iat: random.whole(1_600_000_000, 1_700_000_000) })}.${random.form('*'.repeat(43))}`
}

function nameOf(faker: Faker, random: Random): string {
  const [first, last] = [faker.person.firstName(), faker.person.lastName()]
  return random.pick([
    `${first} ${last}`,
    `${first} ${last}`,
    `${first} ${last}`,
    `${first} ${random.form('?')}. ${last}`,
    `${first} ${last}`.toLowerCase(),
  ])
}

function addressOf(faker: Faker, random: Random): string {
  const street = faker.location.streetAddress()
  return random.pick([
    street,
    `${street}, ${faker.location.zipCode()} ${faker.location.city()}`,
    `${street}, ${faker.location.city()}`,
  ])
}

const MONTHS = [
  'January',
  'March',
  'May',
  'Juni',
  'juillet',
  'agosto',
  'September',
  'octobre',
  'Dezember',
  'Feb',
  'Nov',
]

function birthOf(random: Random): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const [d, m, y] = [random.whole(1, 28), random.whole(1, 12), random.whole(1935, 2007)]
  return random.pick([
    `${y}-${two(m)}-${two(d)}`,
    `${two(d)}.${two(m)}.${y}`,
    `${d}.${m}.${y}`,
    `${two(m)}/${two(d)}/${y}`,
    `${two(d)}-${two(m)}-${y}`,
    `${d} ${random.pick(MONTHS)} ${y}`,
    `${random.pick(MONTHS.slice(0, 3))} ${d}, ${y}`,
    `${two(d)}/${two(m)}/${String(y).slice(2)}`,
    `${y}/${two(m)}/${two(d)}`,
  ])
}
