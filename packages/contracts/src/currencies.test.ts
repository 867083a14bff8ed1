import { expect, test } from 'vitest'
import { currencies, currencyExponent } from './currencies.ts'

test.each([
  ['EUR', 2],
  ['USD', 2],
  ['JPY', 0],
  ['KRW', 0],
  ['CLP', 0],
  ['ISK', 0],
  ['KWD', 3],
  ['BHD', 3],
  ['TND', 3],
  ['CLF', 4],
  ['UYW', 4],
])('%s has %d decimals', (code, exponent) => {
  expect(currencyExponent(code)).toBe(exponent)
})

test.each(['DEM', 'XXX', 'XAU', 'eur', '', 'toString', '__proto__'])('%s is no currency', (code) => {
  expect(currencyExponent(code)).toBeUndefined()
})

test('codes are three capital letters, each once, in their order', () => {
  const codes = [...currencies.keys()]
  expect(codes.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true)
  expect(codes).toEqual(codes.toSorted())
  expect(codes.length).toBeGreaterThan(150)
})
