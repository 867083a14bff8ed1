import { describe, expect, test } from 'vitest'
import { browserSignal, consentOf, consentOfRaw, DEFAULT_CATEGORIES } from './consent.ts'
import { readCategories } from './read-categories.ts'

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
    expect(consentOf(undefined, preferences, DEFAULT_CATEGORIES)).toBe(consent)
  })

  test.each(['gpc', 'dnt'] as const)('is denied by %s even where the site was told yes', (signal) => {
    expect(consentOf(signal, { Analytics: true }, DEFAULT_CATEGORIES)).toBe('denied')
  })

  test('is read from an event that broke its contract, whatever its shape', () => {
    const denied = { context: { consent: { categoryPreferences: { Analytics: false } } } }
    expect(consentOfRaw(undefined, denied, DEFAULT_CATEGORIES)).toBe('denied')
    for (const raw of [null, 'text', [], {}, { context: 1 }, { context: { consent: null } }]) {
      expect(consentOfRaw(undefined, raw, DEFAULT_CATEGORIES)).toBe('unknown')
    }
  })

  test.each(['no', false, ['analytics'], { categoryPreferences: 'none' }, { categoryPreferences: [false] }])(
    'answered as %j cannot be read, and is no yes: of the refused event nothing is kept',
    (consent) => {
      expect(consentOfRaw(undefined, { context: { consent } }, DEFAULT_CATEGORIES)).toBe('denied')
    },
  )

  test('has the categories of the site, as those of OneTrust; analytics is always one of them', () => {
    const categories = readCategories(' C0002, Performance,')
    expect([...categories]).toEqual(['analytics', 'c0002', 'performance'])
    expect(consentOf(undefined, { C0001: true, C0002: false, C0004: true }, categories)).toBe('denied')
    expect(consentOf(undefined, { c0002: true, performance: true }, categories)).toBe('granted')
    expect(consentOf(undefined, { C0002: true, analytics: false }, categories)).toBe('denied')
    expect(consentOf(undefined, { C0002: false }, DEFAULT_CATEGORIES)).toBe('unknown')
  })
})

describe('what the browser says', () => {
  test.each([
    [{ 'sec-gpc': '1' }, false, 'gpc'],
    [{ 'sec-gpc': '0' }, true, undefined],
    [{ dnt: '1' }, true, 'dnt'],
    [{ dnt: '1' }, false, undefined],
    [{ dnt: '0' }, true, undefined],
    [{ dnt: 'unspecified' }, true, undefined],
    [{ dnt: '1', 'sec-gpc': '1' }, true, 'gpc'],
    [{}, true, undefined],
  ] as const)('with %j, Do Not Track honoured: %s, is %s', (headers, honourDnt, signal) => {
    expect(browserSignal(headers, honourDnt)).toBe(signal)
  })
})
