import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventCatalogue } from './event-catalogue.ts'
import { parseBatch } from './parse-batch.ts'
import { anOrder, aPageView, aPublicKey, aSecretKey } from './test-builders.ts'

const rights = { key: aSecretKey() }

test('whatever is sent, every event is either taken or rejected, and nothing is thrown', () => {
  const names = fc.constantFrom(
    ...eventCatalogue.map(({ name }) => name),
    'Order Completed',
    'Product Viewed',
    'my_event',
  )
  const event = fc.record(
    {
      messageId: fc.oneof(fc.string(), fc.anything()),
      type: fc.oneof(fc.constantFrom('track', 'page', 'identify', 'alias'), fc.anything()),
      event: fc.oneof(names, fc.anything()),
      userId: fc.anything(),
      originalTimestamp: fc.oneof(fc.date().map(String), fc.anything()),
      properties: fc.oneof(
        fc.record({
          order_id: fc.anything(),
          revenue: fc.anything(),
          currency: fc.constant('EUR'),
          products: fc.array(fc.anything()),
        }),
        fc.object({ maxDepth: 4 }),
        fc.anything(),
      ),
      traits: fc.anything(),
      context: fc.oneof(
        fc.record({ page: fc.anything(), location: fc.anything(), consent: fc.anything() }),
        fc.anything(),
      ),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(event, fc.anything()), { maxLength: 5 }), (events) => {
      const batch = parseBatch({ batch: events }, rights)
      if (batch.kind !== 'batch') throw new Error(batch.detail)
      expect(batch.events.length + batch.rejected.length).toBe(events.length)
    }),
    { numRuns: 300 },
  )
})

test('what JSON text can say is either taken or rejected, and what is taken can be written as JSON again', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (properties) => {
      const sent = JSON.parse(JSON.stringify(aPageView({ event: 'my_event', properties })))
      const batch = parseBatch(sent, rights)
      if (batch.kind !== 'batch') throw new Error(batch.detail)
      for (const event of batch.events)
        expect(JSON.parse(JSON.stringify(event.properties))).toEqual(event.properties)
      expect(batch.total).toBe(1)
    }),
  )
})

test.each([1_000, 100_000])('%d levels of nesting are rejected, and only the ids are kept', (levels) => {
  const deep = JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)
  for (const event of [
    aPageView({ properties: deep }),
    aPageView({ context: deep }),
    aPageView({ other: deep }),
  ]) {
    const batch = parseBatch(event, rights)
    expect(batch).toMatchObject({
      rejected: [{ code: 'schema_invalid', path: '', detail: 'expected at most 32 levels of nesting' }],
    })
    expect(JSON.stringify(batch)).not.toContain('"a":')
  }
})

test('deep nesting in lists is rejected too', () => {
  const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)
  for (const body of [deep, [deep], { batch: [deep] }, [aPageView({ properties: { deep } })]]) {
    const batch = parseBatch(body, rights)
    expect(batch).toMatchObject({ total: 1, rejected: [{ code: 'schema_invalid', path: '' }] })
    // What is handed on can be walked and written by everyone after this.
    expect(() => JSON.stringify(batch)).not.toThrow()
  }
})

test('10,000 undeclared keys are dropped, and of a custom event refused', () => {
  const keys = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, n]))
  expect(parseBatch(aPageView({ properties: { path: '/x', ...keys } }), rights)).toMatchObject({
    events: [{ properties: { path: '/x' } }],
  })
  expect(parseBatch(aPageView({ event: 'my_event', properties: keys }), rights)).toMatchObject({
    rejected: [{ code: 'schema_invalid', path: 'properties' }],
  })
})

test('a prototype in JSON pollutes nothing', () => {
  const text =
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"path":"/x","lines":null}'
  const polluting = JSON.parse(text)
  for (const event of [
    aPageView({ properties: polluting, context: polluting }),
    JSON.parse(`{"__proto__":{"polluted":1},"messageId":"m","type":"page","anonymousId":"a"}`),
    anOrder({ event: 'Order Completed', properties: polluting }),
  ]) {
    const batch = parseBatch(event, rights)
    expect(batch).toMatchObject({ total: 1 })
    if (batch.kind === 'batch')
      for (const taken of batch.events) expect(taken).not.toHaveProperty('properties.polluted')
  }
  expect({}).not.toHaveProperty('polluted')
})

test.each(['constructor', 'toString', 'hasOwnProperty'])(
  'an event named %s is a custom event like any other',
  (event) => {
    expect(parseBatch(aPageView({ event, properties: { a: 1 } }), rights)).toMatchObject({
      events: [{ event, custom: true }],
    })
  },
)

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e308, -1, 2 ** 53, 0.5])(
  'an amount of %d is refused',
  (amountMinor) => {
    expect(
      parseBatch(anOrder({ properties: { orderId: 'o', amountMinor, currency: 'EUR' } }), rights),
    ).toMatchObject({
      rejected: [{ code: 'schema_invalid', path: 'properties.amountMinor' }],
    })
  },
)

test('what no JSON text can say is refused', () => {
  for (const value of [1n, () => 1, Symbol('x')]) {
    expect(parseBatch(aPageView({ other: value }), rights)).toMatchObject({
      rejected: [{ detail: 'expected JSON' }],
    })
  }
})

test('half surrogate pairs and NUL, which Postgres stores in no text, become the replacement character', () => {
  const batch = parseBatch(
    aPageView({ userId: 'u\0', properties: { title: 'cut \ud83d' }, context: { userAgent: 'a\0b' } }),
    rights,
  )
  expect(batch).toMatchObject({
    events: [{ userId: 'u\ufffd', properties: { title: 'cut \ufffd' }, context: { userAgent: 'a\ufffdb' } }],
  })
  const whole = parseBatch(aPageView({ properties: { title: 'whole 👍' } }), rights)
  expect(whole).toMatchObject({ events: [{ properties: { title: 'whole 👍' } }] })
})

test('a messageId of 100 emojis is taken, of 101 not', () => {
  const key = { key: aPublicKey() }
  expect(parseBatch(aPageView({ messageId: '👍'.repeat(100) }), key)).toMatchObject({
    events: [{ index: 0 }],
  })
  expect(parseBatch(aPageView({ messageId: '👍'.repeat(101) }), key)).toMatchObject({
    rejected: [{ messageId: null }],
  })
})

test('long hostile texts are judged in no time', () => {
  const long = 'a'.repeat(30_000)
  const events = [
    long,
    `${'1'.repeat(30_000)}x`,
    '2026-11-21T'.repeat(2_000),
    `${'%4'.repeat(10_000)}0`,
    '+'.repeat(30_000),
  ].flatMap((text) => [
    aPageView({ originalTimestamp: text }),
    aPageView({ event: text }),
    aPageView({
      event: 'Product Viewed',
      properties: { product_id: 'p', price: text, quantity: text, currency: 'EUR' },
    }),
    aPageView({ type: 'page', properties: { url: text } }),
    aPageView({ context: { locale: text, timezone: text, ip: text, page: { url: text } } }),
  ])
  const started = performance.now()
  parseBatch(events, rights)
  expect(performance.now() - started).toBeLessThan(500)
})
