import { describe, expect, test } from 'vitest'
import { consentOf, consentOfRaw } from './consent.ts'

describe('consent', () => {
  test.each([
    [undefined, 'unknown'],
    [{}, 'unknown'],
    [{ Advertising: false }, 'unknown'],
    [{ analytics: true }, 'granted'],
    [{ Analytics: false }, 'denied'],
    [{ ANALYTICS: false, Advertising: true }, 'denied'],
    [{ analytics: true, Analytics: false }, 'denied'],
    [{ analytics: 'no' }, 'denied'],
  ] as const)('of the preferences %j is %s', (preferences, consent) => {
    expect(consentOf(false, preferences)).toBe(consent)
  })

  test('is denied by Sec-GPC even where the site was told yes', () => {
    expect(consentOf(true, { Analytics: true })).toBe('denied')
  })

  test('is read from an event that broke its contract, whatever its shape', () => {
    expect(consentOfRaw(false, { context: { consent: { categoryPreferences: { Analytics: false } } } })).toBe(
      'denied',
    )
    for (const raw of [null, 'text', [], {}, { context: 1 }, { context: { consent: null } }]) {
      expect(consentOfRaw(false, raw)).toBe('unknown')
    }
  })
})
