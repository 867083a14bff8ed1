import { expect, test } from 'vitest'
import { fastestCpuMs } from '../../../test/support/cpu-time.ts'
import { cutValue } from './cut-value.ts'

test.each([
  ['network', '203.0.113.77', '203.0.113.0'],
  ['network', '2001:db8:1:2::7', '2001:db8:1::'],
  ['network', 'home', undefined],
  ['year', '1985-03-12', '1985'],
  ['year', '12.03.1985', '1985'],
  ['year', 'March 12, 1985', '1985'],
  ['year', '1985', '1985'],
  ['year', '12.03.85', undefined],
  ['year', '1985 to 1991', undefined],
  ['year', '19850312', undefined],
  ['year', `1985${' '.repeat(100)}`, undefined],
  ['area', 'SW1A 1AA', 'SW1'],
  ['area', 'sw1a1aa', 'SW1'],
  ['area', '90210', '902'],
  ['area', '90210-1234', '902'],
  ['area', '1010', '10'],
  ['area', '101', '1'],
  ['area', '00-950', '00'],
  ['area', 'K1A 0B1', 'K1A'],
  ['area', 'Vienna', undefined],
  ['area', '10', undefined],
  ['area', 'Main Road 5', undefined],
  ['path', 'https://jane:pw@shop.example:8080/a/b?email=x#y', '/a/b'],
  ['path', '/a?b=c', '/a'],
  ['path', 'https://shop.example', '/'],
  ['path', '//shop.example/a', '/a'],
  ['path', 'mailto:jane@example.com', undefined],
  ['path', 'javascript:alert(1)', undefined],
  ['origin', 'https://jane:pw@Shop.Example:8080/a?b', 'https://shop.example:8080'],
  ['origin', 'android-app://com.google.android.gm/', 'android-app://com.google.android.gm'],
  ['origin', '/a/b', undefined],
  ['origin', 'https://jane doe/', undefined],
] as const)('cut to %s, %s is %s', (to, value, left) => {
  expect(cutValue(to, value)).toBe(left)
})

test('whatever is left of hostile input is found fast', () => {
  for (const piece of ['a', '/', ':', '1', '@', '19', '//', '?']) {
    const value = piece.repeat(20_000)
    const took = fastestCpuMs(() => {
      for (const to of ['network', 'year', 'area', 'path', 'origin'] as const) cutValue(to, value)
    })
    expect(took).toBeLessThan(100)
  }
})
