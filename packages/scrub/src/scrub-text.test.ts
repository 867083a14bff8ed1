import { describe, expect, test } from 'vitest'
import { fastestCpuMs } from '../../../test/support/cpu-time.ts'
import { scrubText } from './scrub-text.ts'

describe('personal data in a text is replaced by its kind', () => {
  test.each([
    ['write to Jane.Doe+box@example.co.uk.', 'write to [email].'],
    ['<jörg@müller.de> asked', '<[email]> asked'],
    ['"jane doe"@example.org', '[email]'],
    ['test@[192.0.2.10]', '[email]'],
    ['jane (at) example (dot) com', '[email]'],
    ['jane dot doe at example dot com', '[email]'],
    ['call +43 664 1234567 please', 'call [phone] please'],
    ['0049 30 901820', '[phone]'],
    ['+1 (212) 555-0199 ext. 22', '[phone]'],
    ['SMS to 415-555-0132 failed', 'SMS to [phone] failed'],
    ['my number is 06641234567', 'my number is [phone]'],
    ['ring 020 7946 0958', 'ring [phone]'],
    ['card 4111 1111 1111 1111 declined', 'card [card] declined'],
    ['378282246310005', '[card]'],
    ['5555-5555-5555-4444', '[card]'],
    ['cvv 123', 'cvv [card]'],
    ['refund to DE89 3704 0044 0532 0130 00 today', 'refund to [iban] today'],
    ['de89370400440532013000', '[iban]'],
    ['login from 203.0.113.9 failed', 'login from [ip] failed'],
    ['client [2001:db8::ff00:42:8329]:443', 'client [[ip]]:443'],
    ['device 00:1a:2B:3c:4d:5e', 'device [mac]'],
    ['https://wa.me/436641234567', 'https://wa.me/[phone]'],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl rejected', 'token [token] rejected'],
    ['a=sid.eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 'a=sid.[token]'],
    ['id-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 'id-[token]'],
    ['jo%40example.com %F6 %zz', '[email] %F6 %zz'],
    ['caf%E9?jo%40example.com', 'caf%E9?[email]'],
    ['Authorization: Bearer abc.DEF-123_456', 'Authorization: Bearer [token]'],
    ['key AKIAIOSFODNN7EXAMPLE leaked', 'key [token] leaked'],
    [`key sk_${'0a1b2c3d'.repeat(6)} leaked`, 'key [token] leaked'],
    ['postgres://app:hunter2@db:5432/x', 'postgres://app:[password]@db:5432/x'],
    ['my password is hunter2!', 'my password is [password]'],
    ['my pin is 4821', 'my pin is [password]'],
    ['my SSN is 023 01 0866', 'my SSN is [national_id]'],
    ['460506-0575', '[national_id]'],
    ['born on 12 March 1985 in Graz', 'born on [birth_date] in Graz'],
    ['my name is olga krylova and it broke', 'my name is [name] and it broke'],
    ['Dear Jane van der Berg, hello', 'Dear [name], hello'],
    ['deliver the box to: 98 Main Road, Leeds please', 'deliver the box to: [address] please'],
    ['my address is Via Zannoni 49. Wrong house last time', 'my address is [address]. Wrong house last time'],
  ])('%s', (text, expected) => {
    expect(scrubText(text)).toBe(expected)
  })
})

describe('what only looks like it stays', () => {
  test.each([
    'where is my order 474-4335493-7359970? it said shipped',
    'order 7697917385, invoice 2024-000123',
    'sent at 1763718718101 and 1631712407509595',
    '4111111111111112',
    '978-7-9538-7477-1 and 7314679535440',
    'could not load lodash@4.17.21, @shop/ui@1.24.3, hero@2x.png, @font-face',
    'CSS ::before and ::after, std::face',
    'Chrome/120.0.0.0 on version 10.15.7.1',
    '12:34:56 to 23:59:59',
    'stores near 9.720745, 61.511742',
    'password book, input[name=password], password is required',
    'Uncaught ReferenceError: address is not defined',
    'Hi Tec Alpine Hand Warmer',
    'Dear customer, your box is on its way',
    'Charlotte Tilbury Pillow Talk',
    'ship 2 boxes to Germany within 3 days',
    '2026-11-21 09:51, £1,239,439.95',
    '127.0.0.1',
  ])('%s', (text) => {
    expect(scrubText(text)).toBe(text)
  })
})

describe('in URLs', () => {
  test.each([
    ['/users/jane%40example.com/orders', '/users/[email]/orders'],
    ['/search?q=jane%2540example.com&page=2', '/search?q=[email]&page=2'],
    ['/x?next=%2Fpay%3Femail%3Djane%40example.com%26a%3D1', '/x?next=%2Fpay%3Femail%3D[email]%26a%3D1'],
    [
      'https://a.example/?full_name=Jane%20Doe&utm_source=mail',
      'https://a.example/?full_name=[name]&utm_source=mail',
    ],
    ['/c?phone=+1 (415) 555-0132 ext. 22&sku=1', '/c?phone=[phone]&sku=1'],
    ['/search?q=call+me+%2B43+664+1234567', '/search?q=call+me+[phone]'],
    ['/search?q=phone+case&utm_medium=email', '/search?q=phone+case&utm_medium=email'],
  ])('%s', (url, expected) => {
    expect(scrubText(url)).toBe(expected)
  })
})

test('digits and separators of other scripts hide nothing', () => {
  expect(scrubText('phone +４９ ３０ ９０１８２０')).toBe('phone [phone]')
  expect(scrubText('card 4111\u20111111\u20111111\u20111111')).toBe('card [card]')
  expect(scrubText('card 4111\u200b1111\u200b1111\u200b1111')).toBe('card [card]')
})

test('a text over the limit is cut, and nothing is left of what stood on the cut', () => {
  const scrubbed = scrubText(`${'x '.repeat(4_090)}jane.doe@example.com ${'y '.repeat(4_000)}`)
  expect(scrubbed.endsWith('[cut]')).toBe(true)
  expect(scrubbed.length).toBeLessThan(8_300)
  expect(scrubbed).not.toContain('jane')
})

const HOSTILE: Readonly<Record<string, string>> = {
  letters: 'a',
  addresses: 'a.a.@',
  digits: '1',
  'spaced digits': '1 ',
  'dashed digits': '1-',
  dots: '1.',
  colons: '1:',
  'phone beginnings': '+1 2 3 4 5 6 7 8 9 0 ',
  phones: '+49 30 901820 ',
  'percent signs': '%41',
  'encoded percent signs': 'a%25',
  'broken percent signs': '1 %a',
  pluses: '+1',
  pairs: 'a=',
  queries: '?a=b&',
  json: '"a":"',
  'bearer words': 'bearer ',
  'jwt beginnings': 'eyJ',
  'dashed jwt beginnings': 'eyJ1-',
  'url beginnings': 'http://a:',
  'iban beginnings': 'DE12 ',
  introductions: 'my name is ',
  'capital words': 'Aa ',
  deliveries: 'ship to ',
  births: 'born ',
  'tax ids': 'tax id ',
  'key blocks': '-----BEGIN ',
  'written-out addresses': 'a dot a at ',
  'invisible signs': '\u200b1',
  accents: 'é',
  quotes: '"',
}

test.each(Object.keys(HOSTILE))('20 KB of %s take less than 30 ms', (name) => {
  const unit = HOSTILE[name] as string
  const text = unit.repeat(Math.ceil(20_480 / unit.length))
  expect(fastestCpuMs(() => scrubText(text))).toBeLessThan(30)
})
