import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isInstant } from './is-instant.ts'

test('every moment of these centuries is one', () => {
  const moments = fc.date({ min: new Date('2000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  fc.assert(fc.property(moments, (at) => isInstant(at.toISOString())))
})

test.each([
  ...['', 'soon', '2026-11-20', '2026-02-31T00:00:00.000Z', '2026-13-01T00:00:00.000Z'],
  ...['2026-11-20T24:00:00.000Z', '2026-11-20T10:00:00Z', '2026-11-20T10:00:00.000+01:00'],
  ...['+012345-01-01T00:00:00.000Z', '0000-01-01T00:00:00.000Z', 1_763_632_800_000, null, undefined],
])('%s is none', (value) => {
  expect(isInstant(value)).toBe(false)
})
