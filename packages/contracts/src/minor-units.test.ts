import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toMinorUnits } from './minor-units.ts'

test.each([
  [10.1, 2, 1010],
  ['10.10', 2, 1010],
  [0.1 + 0.2, 2, 30],
  [1.1 * 3, 2, 330],
  [4.35, 2, 435],
  [500, 0, 500],
  [1.234, 3, 1234],
  ['1.2345', 4, 12345],
  [1e-7, 2, 0],
  [1.5e3, 2, 150000],
  [-2.5, 2, -250],
  [' 7 ', 2, 700],
])('%s with %d decimals is %d', (decimal, exponent, minor) => {
  expect(toMinorUnits(decimal, exponent)).toBe(minor)
})

test.each([
  ['0.125', 12],
  ['0.135', 14],
  ['0.1250000001', 13],
  ['-0.125', -12],
  ['-0.135', -14],
  [1.005, 100],
  [2.675, 268],
])('%s is rounded half-even to %d', (decimal, minor) => {
  expect(toMinorUnits(decimal, 2)).toBe(minor)
})

test('is rounded after multiplying, not before', () => {
  expect(toMinorUnits('0.125', 2, 4)).toBe(50)
  expect(toMinorUnits(3.333, 2, 3)).toBe(1000)
})

test.each([
  '',
  'abc',
  '12,50',
  '1.2.3',
  '$5',
  '1e999',
  Number.NaN,
  Number.POSITIVE_INFINITY,
  null,
  {},
  '9'.repeat(40),
])('%j is no amount', (sent) => {
  expect(toMinorUnits(sent, 2)).toBeUndefined()
})

test('every amount of cents survives the way through a decimal number', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.constantFrom(0, 2, 3, 4), (minor, exponent) => {
      // As shops do it: a float division. + 0 since no amount is -0.
      expect((toMinorUnits(minor / 10 ** exponent, exponent) ?? Number.NaN) + 0).toBe(minor)
    }),
  )
})
