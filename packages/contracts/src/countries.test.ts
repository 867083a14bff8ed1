import { expect, test } from 'vitest'
import { countries, countryCode } from './countries.ts'

test('all 249 countries of ISO 3166-1, and one for unknown', () => {
  expect(countries.size).toBe(250)
  expect(countries.get('AT')).toBe('Austria')
  expect(countries.get('ZZ')).toBe('Unknown')
  expect([...countries.keys()].every((code) => /^[A-Z]{2}$/.test(code))).toBe(true)
})

test('a code is taken in any case', () => {
  expect(countryCode('at')).toBe('AT')
})

test.each([undefined, null, 43, 'Austria', 'XX', '', '__', {}, ['AT']])(
  '%j is the unknown country',
  (sent) => {
    expect(countryCode(sent)).toBe('ZZ')
  },
)
