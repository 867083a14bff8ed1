import { describe, expect, test } from 'vitest'
import { anOrder, aPageView, aPublicKey, aSecretKey, parsed } from './test-builders.ts'

const fromPage = { key: aPublicKey() }
const fromServer = { key: aSecretKey() }

describe('what clients send', () => {
  test('the type comes from the path, where the event has none; a name alone is a track', () => {
    const untyped = aPageView({ type: undefined })
    expect(parsed(untyped, { ...fromPage, defaultType: 'identify' }).events).toMatchObject([
      { type: 'identify' },
    ])
    expect(parsed(aPageView(), { ...fromPage, defaultType: 'identify' }).events).toMatchObject([
      { type: 'track' },
    ])
    expect(parsed(untyped).events).toMatchObject([{ type: 'track' }])
  })

  test('only the server sets receivedAt, timestamp, source, bot and the like', () => {
    const own = {
      receivedAt: 'x',
      timestamp: 'x',
      timeSource: 'x',
      skewMs: 1,
      source: 'x',
      bot: 'x',
      consent: 'x',
      requestId: 'x',
    }
    expect(parsed(aPageView(own)).events).toEqual(parsed(aPageView()).events)
  })

  test('a client’s timestamp stands in for a missing originalTimestamp', () => {
    const { events } = parsed(aPageView({ originalTimestamp: null, timestamp: '2026-11-21T10:00:00+01:00' }))
    expect(events).toMatchObject([{ originalTimestamp: '2026-11-21T09:00:00.000Z' }])
    expect(parsed(aPageView({ originalTimestamp: undefined })).events[0]).not.toHaveProperty(
      'originalTimestamp',
    )
  })

  test.each([null, '', ' ', '\t\n', ' null', 'null', 'undefined', 'NaN', '[object Object]'])(
    'a user id of %j is none',
    (userId) => {
      expect(parsed(aPageView({ userId })).events[0]).not.toHaveProperty('userId')
    },
  )

  test('an id may be a number', () => {
    const { events } = parsed(aPageView({ userId: 42, sessionId: 1732182718101 }))
    expect(events).toMatchObject([{ userId: '42', sessionId: '1732182718101' }])
  })

  test('null counts as absent, also inside lines', () => {
    const lines = [{ sku: 'a', name: null, quantity: 1, amountMinor: 1 }]
    const { events } = parsed(
      anOrder({ properties: { orderId: 'o', amountMinor: 1, currency: 'EUR', coupon: null, lines } }),
      fromServer,
    )
    expect(events[0]?.properties).toEqual({
      orderId: 'o',
      amountMinor: 1,
      currency: 'EUR',
      lines: [{ sku: 'a', quantity: 1, amountMinor: 1 }],
    })
    expect(parsed(aPageView({ properties: null, context: null, name: null })).events[0]?.properties).toEqual(
      {},
    )
  })

  test('page and screen become page_viewed, from properties, name and context.page', () => {
    const context = { page: { path: '/ctx', title: 'Ctx', referrer: 'https://search.example/' } }
    expect(
      parsed(
        aPageView({
          type: 'page',
          event: undefined,
          name: 'Home',
          properties: { url: 'https://shop.example?a=1', title: 5 },
          context,
        }),
      ).events,
    ).toMatchObject([
      {
        type: 'page',
        event: 'page_viewed',
        properties: { path: '/', title: 'Home', referrer: 'https://search.example/' },
      },
    ])
    expect(parsed(aPageView({ type: 'screen', name: 'Cart', properties: {} })).events[0]?.properties).toEqual(
      { title: 'Cart' },
    )
    expect(parsed(aPageView({ properties: {}, context })).events[0]?.properties).toEqual(context.page)
  })

  test('a title or address that is too long for its place is left out of a page', () => {
    const properties = {
      path: `/${'p'.repeat(5000)}`,
      url: 'https://shop.example/boxes',
      title: 't'.repeat(501),
    }
    const { events } = parsed(aPageView({ type: 'page', name: 'Boxes', properties }))
    expect(events[0]?.properties).toEqual({ path: '/boxes', title: 'Boxes' })
  })

  test('identify keeps plan, channel and country of its traits, a country as its code', () => {
    const traits = { plan: 'family', country: 'Austria', email: 'jane@example.com', address: {} }
    expect(parsed(aPageView({ type: 'identify', userId: 'u-1', traits })).events).toMatchObject([
      { event: 'identify', custom: false, userId: 'u-1', properties: { plan: 'family', country: 'ZZ' } },
    ])
    expect(parsed(aPageView({ type: 'identify', traits: { country: 'at' } })).events[0]?.properties).toEqual({
      country: 'AT',
    })
  })

  test('group is taken, with nothing in it', () => {
    expect(parsed(aPageView({ type: 'group', groupId: 'g', traits: { name: 'ACME' } })).events).toMatchObject(
      [{ event: 'group', properties: {} }],
    )
  })

  test('a sign-up without a channel has the channel unknown', () => {
    expect(parsed(aPageView({ event: 'user_signed_up', properties: {} })).events[0]?.properties).toEqual({
      channel: 'unknown',
    })
  })
})

describe('a custom event', () => {
  const custom = (properties: unknown) => parsed(aPageView({ event: 'Größe gewählt 👕', properties }))

  test('is kept as it was sent', () => {
    const properties = { size: 'M', nested: { list: [1, null, { a: true }] } }
    expect(custom(properties).events).toMatchObject([{ event: 'Größe gewählt 👕', custom: true, properties }])
  })

  test.each([
    ['11 levels', nested(11), 'expected at most 10 levels of nesting'],
    ['1,001 names', names(1001), 'expected at most 1000 names in all'],
    ['a number beyond all', { n: Number.POSITIVE_INFINITY }, 'expected finite numbers'],
    ['a prototype', JSON.parse('{"__proto__":{"admin":true}}'), /^expected names of at most 200 characters/],
    ['an address as a name', { 'jane@example.com': 1 }, /^expected names of at most 200 characters/],
    ['NUL in a name', { 'a\0b': 1 }, /^expected names of at most 200 characters/],
  ])('has no properties of %s', (_what, properties, detail) => {
    const { rejected } = custom(properties)
    expect(rejected).toMatchObject([{ code: 'schema_invalid', path: 'properties' }])
    expect(rejected[0]?.detail).toMatch(detail)
  })

  test('has up to 10 levels and 1,000 names', () => {
    expect(custom(nested(10)).events).toHaveLength(1)
    expect(custom(names(1000)).events).toHaveLength(1)
  })
})

function nested(levels: number): unknown {
  return levels === 1 ? { end: 1 } : { in: nested(levels - 1) }
}

function names(count: number): unknown {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, n]))
}
