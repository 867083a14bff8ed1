import { describe, expect, test } from 'vitest'
import { anOrder, aPageView, aPublicKey, aSecretKey, parsed } from './test-builders.ts'

const fromServer = { key: aSecretKey() }

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

describe('what is not declared', () => {
  test('is dropped, and its name remembered where it had a value', () => {
    const { events } = parsed([
      aPageView({ properties: { path: '/a', email: 'jane@example.com', phone: '', vip: true, note: null } }),
      aPageView({ messageId: 'clean', properties: { path: '/a', title: 'A' } }),
      aPageView({
        messageId: 'i',
        type: 'identify',
        event: undefined,
        traits: { plan: 'pro', firstName: 'Jane' },
      }),
    ])
    expect(events.map(({ undeclared }) => undeclared)).toEqual([['email'], undefined, ['firstName']])
    expect(JSON.stringify(events)).not.toMatch(/jane/i)
  })

  test('is remembered of the names that Segment’s clients use, too', () => {
    const properties = { order_id: 'o', total: 12.5, currency: 'EUR', email: 'jane@example.com' }
    const { events } = parsed([anOrder({ event: 'Order Completed', properties })], fromServer)
    expect(events[0]?.undeclared).toContain('email')
  })

  test('is remembered up to 20 names', () => {
    const properties = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`name_${n}`, n]))
    expect(parsed([aPageView({ properties })]).events[0]?.undeclared).toHaveLength(20)
  })
})
