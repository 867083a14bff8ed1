import { describe, expect, test } from 'vitest'
import { readContext } from './event-context.ts'

const whole = {
  page: { path: '/x', url: 'https://shop.example/x?a=1', title: 'X', referrer: '', search: '?a=1' },
  campaign: { source: 'mail', medium: 'letter', name: 'winter', term: 't', content: 'c' },
  locale: 'de-AT',
  timezone: 'America/Argentina/Buenos_Aires',
  userAgent: 'Mozilla/5.0',
  ip: '2001:db8::1',
  library: { name: 'analytics.js', version: '2.1.0' },
}

describe('a context', () => {
  test('keeps what is declared and nothing else', () => {
    const sent = {
      ...whole,
      location: { country: 'at', city: 'Linz', latitude: 48.3 },
      consent: { categoryPreferences: { Analytics: true, Advertising: false }, version: 2 },
      device: { id: 'd-1', advertisingId: 'x' },
      traits: { email: 'jane@example.com' },
    }
    expect(readContext(sent)).toEqual({
      kind: 'read',
      context: { ...whole, country: 'AT', consent: { Analytics: true, Advertising: false } },
    })
  })

  test.each([undefined, null, {}])(
    'of %j is that of its batch, and that of nothing an unknown country',
    (sent) => {
      expect(readContext(sent)).toEqual({ kind: 'read', context: { country: 'ZZ' } })
      const batch = { country: 'AT', locale: 'de-AT', consent: { Analytics: false } }
      expect(readContext(sent, batch)).toEqual({ kind: 'read', context: batch })
    },
  )

  test('goes over that of its batch, part by part', () => {
    const batch = { country: 'AT', locale: 'de-AT', page: { path: '/batch', title: 'Batch' } }
    expect(readContext({ page: { path: '/own' }, location: { country: 'DE' } }, batch)).toEqual({
      kind: 'read',
      context: { country: 'DE', locale: 'de-AT', page: { path: '/own' } },
    })
  })

  test('keeps the batch’s consent for the categories that it does not speak of', () => {
    const batch = { country: 'AT', consent: { Analytics: false, Advertising: true } }
    const own = (categoryPreferences: object) => readContext({ consent: { categoryPreferences } }, batch)
    expect(own({ Advertising: false })).toMatchObject({
      context: { consent: { Analytics: false, Advertising: false } },
    })
    expect(own({ Analytics: true })).toMatchObject({ context: { consent: { Analytics: true } } })
  })

  test('loses the parts that do not fit, and no others', () => {
    const sent = {
      page: { path: '/x', title: 7, url: 'u'.repeat(5000) },
      locale: 'not a locale',
      timezone: null,
      campaign: 'winter',
      location: { country: 'Austria' },
      library: null,
      userAgent: 'Mozilla/5.0',
    }
    expect(readContext(sent)).toEqual({
      kind: 'read',
      context: { country: 'ZZ', page: { path: '/x' }, userAgent: 'Mozilla/5.0' },
    })
  })

  test.each(['granted', { Analytics: 'yes' }, { 'jane@example.com': 1 }, null, [true]])(
    'with consent that cannot be read (%j) is refused, never taken for a yes',
    (categoryPreferences) => {
      expect(readContext({ consent: { categoryPreferences } })).toEqual({
        kind: 'invalid',
        problem: {
          code: 'schema_invalid',
          path: 'context.consent.categoryPreferences',
          detail: 'expected true or false for each category',
        },
      })
    },
  )

  test.each(['x', 5, true, []])('is an object, not %j', (sent) => {
    expect(readContext(sent)).toMatchObject({
      kind: 'invalid',
      problem: { path: 'context', detail: 'expected an object' },
    })
  })
})
