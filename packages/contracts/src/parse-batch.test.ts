import { describe, expect, test } from 'vitest'
import { MAX_EVENTS, parseBatch, readWriteKey } from './parse-batch.ts'
import { aPageView, aPublicKey, parsed } from './test-builders.ts'

const fromPage = { key: aPublicKey() }

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
