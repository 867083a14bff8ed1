import { expect, test } from 'vitest'
import { fastestCpuMs } from '../../../test/support/cpu-time.ts'
import { createPseudonyms } from './pseudonym.ts'
import { scrubValue } from './scrub-value.ts'

const pseudonym = createPseudonyms('a key for tests')
const scrub = (value: unknown) => scrubValue(value, { pseudonym, found: { findings: undefined } })

test('fields that are named after personal data lose their value, in the spellings people use', () => {
  expect(
    scrub({
      email: 'x',
      contactEmail: 'x',
      'billing-email': 'x',
      firstName: 'Jane',
      LAST_NAME: 'Doe',
      street: 'Main Road 5',
      dob: '1985-03-12',
      password: 12345,
      writeKey: 'a-secret-write-key',
      accessToken: 'abc',
      phone_number: '0664 127319',
      card_number: 4111111111111111,
      iban: 'DE',
      ssn: '023-01-0866',
      client_ip: '203.0.113.9',
      Straße: 'Hauptstraße',
      address_line1: 'Main Road 5',
      ipv6: '::1',
      email_sha256: 'ab12',
      customerTel: '0664 127319',
      emails: ['a', 'b'],
      fname: 'Jane',
      people: [{ name: 'Jane' }],
    }),
  ).toEqual({
    email: '[email]',
    contactEmail: '[email]',
    'billing-email': '[email]',
    firstName: '[name]',
    LAST_NAME: '[name]',
    street: '[address]',
    dob: '[birth_date]',
    password: '[password]',
    writeKey: '[token]',
    accessToken: '[token]',
    phone_number: '[phone]',
    card_number: '[card]',
    iban: '[iban]',
    ssn: '[national_id]',
    client_ip: '[ip]',
    Straße: '[address]',
    address_line1: '[address]',
    ipv6: '[ip]',
    email_sha256: '[email]',
    customerTel: '[phone]',
    emails: ['[email]', '[email]'],
    fname: '[name]',
    people: [{ name: '[name]' }],
  })
})

test('advertising ids become pseudonyms, which join', () => {
  const id = 'EA7583CD-A667-48BC-B806-42ECB2B48606'
  const kept = scrub({ advertisingId: id, idfa: id }) as Record<string, string>
  expect(kept.advertisingId).not.toBe(id)
  expect(kept.idfa).toBe(kept.advertisingId)
})

test('fields that only mention such words keep theirs', () => {
  const harmless = {
    email_opened: 'yes',
    has_email: true,
    name: 'email_opened',
    product_name: 'Kate Spade Tote',
    items: [{ sku: '21497', name: 'WRAP', qty: 25, price: 8.5 }],
    mobile: 'ios',
    card: 'visa',
    tokens: 1200,
    token_count: 5,
    geo: { city: 'London', country: 'GB' },
    order_id: '4280890066',
    sent_at_ms: 1763718718101,
    perf_us: 1631712407509595,
    ga_client_id: '672022743.1610730352',
    release: 'a36f94831dc2a75347795d1077d1a116db017161',
  }
  expect(scrub(harmless)).toEqual(harmless)
})

test('a name is one where the object around it is a person', () => {
  expect(scrub({ user: { name: 'Jane', plan: 'pro' }, product: { name: 'Mug' } })).toEqual({
    user: { name: '[name]', plan: 'pro' },
    product: { name: 'Mug' },
  })
})

test('what stands inside a personal field is personal, but for its country and city', () => {
  expect(scrub({ address: { line1: 'Main Road 5', city: 'Wien', country: 'AT' } })).toEqual({
    address: { line1: '[address]', city: 'Wien', country: 'AT' },
  })
})

test('person ids become the pseudonym by which the person is known', () => {
  expect(scrub({ user_id: '4711', nested: { anonymousId: 'a1' } })).toEqual({
    user_id: pseudonym('u', '4711'),
    nested: { anonymousId: pseudonym('a', 'a1') },
  })
})

test('keys are searched too, and two that become one mark are both kept', () => {
  expect(scrub({ 'a@example.com': 1, 'b@example.com': 2 })).toEqual({ '[email]': 1, '[email]_2': 2 })
})

test('a card number sent as a number is found', () => {
  expect(scrub({ n: 4111111111111111 })).toEqual({ n: '[card]' })
})

test('1,000 levels are cut, in less than 30 ms', () => {
  let deep: unknown = 'jane@example.com'
  for (let i = 0; i < 1_000; i++) deep = i % 2 === 0 ? { a: deep } : [deep]
  const scrubbed = JSON.stringify(scrub(deep))
  expect(scrubbed).toContain('[cut]')
  expect(scrubbed).not.toContain('jane')
  expect(fastestCpuMs(() => scrub(deep))).toBeLessThan(30)
})

test('10,000 keys are cut, in less than 30 ms', () => {
  const wide = (round: number) =>
    Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key_${round}_${i}`, `value ${i}`]))
  const scrubbed = scrub(wide(0)) as Record<string, unknown>
  expect(Object.keys(scrubbed).length).toBeLessThanOrEqual(2_001)
  expect(scrubbed['[cut]']).toBe(true)
  const rounds = [1, 2, 3, 4].map(wide)
  expect(fastestCpuMs(() => scrub(rounds.pop()))).toBeLessThan(30)
})

test('many long texts are cut once enough was read, in less than 100 ms', () => {
  const texts = Array.from({ length: 1_000 }, () => 'a1 '.repeat(2_500))
  expect((scrub(texts) as string[]).at(-1)).toBe('[cut]')
  expect(fastestCpuMs(() => scrub(texts))).toBeLessThan(100)
})

test.each([undefined, null, Number.NaN, Infinity, '', 0, [], {}, true])('takes %s as it comes', (value) => {
  expect(() => scrub(value)).not.toThrow()
})

test('__proto__ of a client is dropped', () => {
  const scrubbed = scrub(JSON.parse('{"__proto__":{"admin":true},"a":1}')) as object
  expect(scrubbed).toEqual({ a: 1 })
  expect(Object.getPrototypeOf(scrubbed)).toBe(Object.prototype)
})
