import { describe, expect, test } from 'vitest'
import { MAX_EVENTS, parseBatch, readWriteKey } from './parse-batch.ts'
import type { ParseRights } from './parse-event.ts'
import { anOrder, aPageView, aPublicKey, aSecretKey } from './test-builders.ts'

const fromPage: ParseRights = { key: aPublicKey() }
const fromServer: ParseRights = { key: aSecretKey() }

describe('a body', () => {
  test('is one event, an array of events, or a batch', () => {
    const [event] = parsed(aPageView()).events
    expect(event).toEqual({
      index: 0,
      messageId: 'm-1',
      type: 'track',
      event: 'page_viewed',
      custom: false,
      originalTimestamp: '2026-11-21T09:51:58.101Z',
      anonymousId: 'a-1',
      properties: { path: '/boxes' },
      context: { country: 'ZZ' },
    })
    expect(parsed([aPageView()]).events).toEqual([event])
    expect(parsed({ batch: [aPageView()] }).events).toEqual([event])
  })

  test('says when it was sent and with which key', () => {
    const sentAt = '2026-11-21T10:52:03.257+01:00'
    const said = { sentAt: '2026-11-21T09:52:03.257Z', writeKey: 'pk_test_key', total: 1 }
    expect(parsed({ batch: [aPageView()], sentAt, writeKey: 'pk_test_key' })).toMatchObject(said)
    expect(parsed(aPageView({ sentAt, writeKey: 'pk_test_key' }))).toMatchObject(said)
    expect(parsed([aPageView({ sentAt })])).not.toHaveProperty('sentAt')
  })

  test('gives its context to the events that have none', () => {
    const batch = { context: { locale: 'de-AT', location: { country: 'AT' } } }
    const { events } = parsed({ ...batch, batch: [aPageView(), aPageView({ context: { locale: 'en-GB' } })] })
    expect(events.map(({ context }) => context)).toEqual([
      { country: 'AT', locale: 'de-AT' },
      { country: 'AT', locale: 'en-GB' },
    ])
  })

  test('holds at most 500 events', () => {
    const events = (count: number) =>
      Array.from({ length: count }, (_, n) => aPageView({ messageId: `m-${n}` }))
    expect(parsed(events(MAX_EVENTS)).events).toHaveLength(500)
    expect(parseBatch(events(MAX_EVENTS + 1), fromPage)).toEqual({
      kind: 'too_many',
      total: 501,
      detail: 'expected at most 500 events',
    })
    expect(parseBatch({ batch: events(501) }, fromPage).kind).toBe('too_many')
  })

  test('may be a batch of nothing', () => {
    expect(parsed({ batch: [] })).toEqual({ kind: 'batch', events: [], rejected: [], total: 0 })
  })

  test.each([
    [undefined, 'expected an event, an array of events, or { batch: [...] }'],
    [null, 'expected an event, an array of events, or { batch: [...] }'],
    ['text', 'expected an event, an array of events, or { batch: [...] }'],
    [42, 'expected an event, an array of events, or { batch: [...] }'],
    [{ batch: {} }, 'batch: expected a list'],
    [{ batch: [], sentAt: 'now' }, /^sentAt: expected ISO 8601/],
    [{ batch: [], context: 'x' }, 'context: expected an object'],
    [
      { batch: [], context: { consent: { categoryPreferences: { a: 'no' } } } },
      /^context.consent.categoryPreferences: /,
    ],
  ])('such as %j is malformed', (body, detail) => {
    const result = parseBatch(body, fromPage)
    expect(result.kind).toBe('malformed')
    expect(result.kind === 'malformed' && result.detail).toMatch(detail)
  })

  test('may carry the write key, where it is text', () => {
    expect(readWriteKey({ writeKey: 'pk_test_key' })).toBe('pk_test_key')
    for (const body of [
      null,
      [],
      'x',
      {},
      { writeKey: 5 },
      { writeKey: '' },
      { writeKey: 'x'.repeat(201) },
    ]) {
      expect(readWriteKey(body)).toBeUndefined()
    }
  })
})

describe('each event is judged on its own', () => {
  test('a bad one keeps its place and takes no other with it', () => {
    const { events, rejected, total } = parsed([
      aPageView({ messageId: 'good' }),
      aPageView({ messageId: 'bad', properties: { path: 7 } }),
      aPageView({ messageId: 'fine' }),
    ])
    expect(events.map(({ index, messageId }) => [index, messageId])).toEqual([
      [0, 'good'],
      [2, 'fine'],
    ])
    expect(rejected).toEqual([
      {
        index: 1,
        messageId: 'bad',
        code: 'schema_invalid',
        path: 'properties.path',
        detail: 'expected text',
        retryable: false,
        raw: aPageView({ messageId: 'bad', properties: { path: 7 } }),
      },
    ])
    expect(total).toBe(3)
  })

  test.each([
    ['messageId', { messageId: undefined }, 'missing, expected text'],
    ['messageId', { messageId: '' }, 'expected text of 1 to 100 characters'],
    ['messageId', { messageId: 'x'.repeat(101) }, 'expected text of 1 to 100 characters'],
    ['messageId', { messageId: '\ud800' }, 'expected text of 1 to 100 characters'],
    ['type', { type: 'delete' }, 'expected one of track, page, screen, identify, group, alias'],
    [
      'type',
      { type: undefined, event: undefined },
      'missing, expected track, page, screen, identify, group or alias',
    ],
    ['event', { event: undefined }, 'missing, expected a name of 1 to 100 printable characters without @'],
    ['event', { event: 'jane@example.com' }, 'expected a name of 1 to 100 printable characters without @'],
    ['event', { event: 'two\nlines' }, 'expected a name of 1 to 100 printable characters without @'],
    ['event', { event: 'identify' }, 'expected a name other than identify, group and alias, which are types'],
    ['userId', { userId: 'x'.repeat(257) }, 'expected at most 256 characters'],
    ['userId', { userId: {} }, 'expected text of at most 256 characters'],
    ['userId', { anonymousId: undefined }, 'missing, expected userId or anonymousId'],
    ['originalTimestamp', { originalTimestamp: 'today' }, /^expected ISO 8601/],
    ['timestamp', { originalTimestamp: undefined, timestamp: 'today' }, /^expected ISO 8601/],
    ['properties', { properties: 'x' }, 'expected an object'],
    ['context', { context: [] }, 'expected an object'],
    ['traits', { type: 'identify', traits: 'x' }, 'expected an object'],
    ['traits.plan', { type: 'identify', traits: { plan: 5 } }, 'expected text'],
  ])('a wrong %s is named: %j', (path, overrides, detail) => {
    const [rejected] = parsed(aPageView(overrides)).rejected
    expect(rejected).toMatchObject({ code: 'schema_invalid', path })
    expect(rejected?.detail).toMatch(detail)
  })

  test('a line of an order is named by its place', () => {
    const lines = [
      ...Array.from({ length: 3 }, () => ({ sku: 'a', quantity: 1, amountMinor: 1 })),
      { quantity: 1, amountMinor: 1 },
    ]
    const { rejected } = parsed(
      anOrder({ properties: { orderId: 'o', amountMinor: 3, currency: 'EUR', lines } }),
      fromServer,
    )
    expect(rejected).toMatchObject([
      { code: 'schema_invalid', path: 'properties.lines.3.sku', detail: 'missing, expected text' },
    ])
  })

  test('an unknown currency has a code of its own', () => {
    const { rejected } = parsed(
      anOrder({ properties: { orderId: 'o', amountMinor: 3, currency: 'XYZ' } }),
      fromServer,
    )
    expect(rejected).toMatchObject([{ code: 'currency_unknown', path: 'properties.currency' }])
  })

  test('what is answered never repeats what was sent', () => {
    const secret = 'jane.doe@example.com'
    const bad = [
      aPageView({ messageId: [secret] }),
      aPageView({ type: secret }),
      aPageView({ event: secret }),
      aPageView({ originalTimestamp: secret }),
      aPageView({ properties: { path: { [secret]: secret } } }),
      aPageView({ event: 'my_event', properties: { [secret]: 1 } }),
      aPageView({ event: 'feedback_submitted', properties: { kind: secret, score: 1 } }),
      aPageView({ event: 'web_vital_measured', properties: { name: secret, value: secret } }),
      aPageView({ event: 'product_viewed', properties: { sku: 'a', currency: secret } }),
      aPageView({ event: 'Product Viewed', properties: { product_id: 'a', price: secret, currency: 'EUR' } }),
      aPageView({ context: { consent: { categoryPreferences: { [secret]: secret } } } }),
      anOrder({ event: secret.replace('@', ' ') }),
    ]
    const { rejected } = parsed(bad)
    expect(rejected).toHaveLength(bad.length - 1)
    for (const { raw: _, messageId: __, ...answered } of rejected)
      expect(JSON.stringify(answered)).not.toContain('jane')
  })

  test('what is kept of a rejected event has no write key', () => {
    const { rejected } = parsed(aPageView({ event: '', writeKey: 'pk_test_key' }))
    expect(rejected[0]?.raw).toEqual(aPageView({ event: '' }))
  })
})

describe('rights', () => {
  test.each(['order_completed', 'Order Completed', 'order_refunded', 'box_packed'])(
    '%s wants a secret key',
    (event) => {
      expect(parsed(aPageView({ event })).rejected).toMatchObject([
        { code: 'not_permitted', path: 'event', detail: 'expected a secret key for this event' },
      ])
    },
  )

  test('alias wants a secret key', () => {
    const alias = { messageId: 'm', type: 'alias', userId: 'new', previousId: 'old' }
    expect(parsed(alias).rejected).toMatchObject([{ code: 'not_permitted', path: 'type' }])
    expect(parsed(alias, fromServer).events).toMatchObject([
      { event: 'alias', userId: 'new', previousId: 'old' },
    ])
  })

  test('a key with a list of events sends no others', () => {
    const rights = { key: aPublicKey({ events: ['page_viewed', 'My thing', 'identify'] }) }
    const sent = [
      aPageView(),
      aPageView({ type: 'page' }),
      aPageView({ event: 'My thing' }),
      aPageView({ type: 'identify' }),
    ]
    expect(parsed(sent, rights).events).toHaveLength(4)
    expect(parsed(aPageView({ event: 'search_performed' }), rights).rejected).toMatchObject([
      { code: 'not_permitted', path: 'event', detail: 'expected an event that this write key may send' },
    ])
  })

  test('with a secret key an event may have no person, but identify has one and alias two', () => {
    expect(parsed(anOrder({ userId: undefined }), fromServer).events).toHaveLength(1)
    expect(parsed({ messageId: 'm', type: 'identify' }, fromServer).rejected).toMatchObject([
      { path: 'userId' },
    ])
    expect(parsed({ messageId: 'm', type: 'alias', userId: 'u' }, fromServer).rejected).toMatchObject([
      { path: 'previousId' },
    ])
    expect(parsed({ messageId: 'm', type: 'alias', previousId: 'u' }, fromServer).rejected).toMatchObject([
      { path: 'userId' },
    ])
  })
})

describe('size', () => {
  const padded = (bytes: number, letter = 'x') => {
    const event = aPageView({ event: 'big_event', properties: { pad: '' } })
    const missing = bytes - Buffer.byteLength(JSON.stringify(event))
    return { ...event, properties: { pad: letter.repeat(Math.floor(missing / Buffer.byteLength(letter))) } }
  }

  test('an event has at most 32 KB of JSON, with a secret key 256 KB', () => {
    expect(parsed(padded(32 * 1024)).events).toHaveLength(1)
    expect(parsed(padded(32 * 1024 + 1)).rejected).toMatchObject([
      { code: 'too_large', path: '', detail: 'expected at most 32 KB of JSON an event', retryable: false },
    ])
    expect(parsed(padded(256 * 1024), fromServer).events).toHaveLength(1)
    expect(parsed(padded(256 * 1024 + 1), fromServer).rejected).toMatchObject([{ code: 'too_large' }])
  })

  test('bytes are counted, not characters', () => {
    expect(parsed(padded(32 * 1024, '€')).events).toHaveLength(1)
    expect(parsed(padded(32 * 1024 + 3, '€')).rejected).toMatchObject([{ code: 'too_large' }])
  })

  test('of what is too large only its ids are kept', () => {
    const { rejected } = parsed({ ...padded(40_000), name: 'n'.repeat(300), userId: 'u-1' })
    expect(rejected[0]).toMatchObject({ messageId: 'm-1' })
    expect(rejected[0]?.raw).toEqual({
      messageId: 'm-1',
      type: 'track',
      event: 'big_event',
      userId: 'u-1',
      anonymousId: 'a-1',
      originalTimestamp: '2026-11-21T09:51:58.101Z',
    })
  })
})

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

  test.each([null, '', 'null', 'undefined', 'NaN', '[object Object]'])(
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

function parsed(body: unknown, rights: ParseRights = fromPage) {
  const batch = parseBatch(body, rights)
  if (batch.kind !== 'batch') throw new Error(`the body was ${batch.kind}: ${batch.detail}`)
  return batch
}
