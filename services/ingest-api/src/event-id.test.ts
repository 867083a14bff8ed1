import { createHash } from 'node:crypto'
import type { ScrubbedEvent } from '@millrace/contracts/stamped-event'
import { describe, expect, test } from 'vitest'
import { canonicalJson, contentHashOf, eventIdOf } from './event-id.ts'

const EVENT: ScrubbedEvent = {
  messageId: 'm-1',
  type: 'track',
  event: 'order_completed',
  custom: false,
  originalTimestamp: '2026-11-21T11:00:00.000Z',
  userPerson: '0a0a0a0a-0000-4000-8000-000000000001',
  sessionId: 's-1',
  properties: { orderId: 'o-1', amountMinor: 1299, currency: 'EUR', lines: [{ sku: 'a', quantity: 1 }] },
  context: { country: 'AT' },
}

describe('the event id', () => {
  test('is the first 128 bits of SHA-256 over source, a zero byte and messageId', () => {
    const digest = createHash('sha256')
      .update(Buffer.from([...Buffer.from('web'), 0, ...Buffer.from('m-1')]))
      .digest('hex')
    const id = eventIdOf('web', 'm-1')
    expect(id.replaceAll('-', '')).toBe(digest.slice(0, 32))
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })

  test('differs by source, and does not confuse where the source ends', () => {
    expect(eventIdOf('web', 'm-1')).not.toBe(eventIdOf('server', 'm-1'))
    expect(eventIdOf('we', 'bm-1')).not.toBe(eventIdOf('web', 'm-1'))
  })
})

describe('the content hash', () => {
  test('is 16 hex digits and does not depend on the order of keys', () => {
    const { orderId, ...rest } = EVENT.properties
    expect(contentHashOf({ ...EVENT, properties: { ...rest, orderId } })).toBe(contentHashOf(EVENT))
    expect(contentHashOf(EVENT)).toMatch(/^[0-9a-f]{16}$/)
  })

  test('is not touched by what a retry changes: another agent, another network', () => {
    const retried: ScrubbedEvent = {
      ...EVENT,
      bot: 'crawler',
      context: { country: 'DE', browser: 'Firefox' },
    }
    expect(contentHashOf(retried)).toBe(contentHashOf(EVENT))
  })

  test.each<[string, Partial<ScrubbedEvent>]>([
    ['type', { type: 'screen' }],
    ['event', { event: 'order_placed' }],
    ['properties', { properties: { ...EVENT.properties, amountMinor: 1300 } }],
    ['user', { userPerson: '0a0a0a0a-0000-4000-8000-000000000002' }],
    ['visitor', { anonymousPerson: '0a0a0a0a-0000-4000-8000-000000000002' }],
    ['former id', { previousPersons: ['0a0a0a0a-0000-4000-8000-000000000002'] }],
    ['session', { sessionId: 's-2' }],
    ['time', { originalTimestamp: '2026-11-21T11:00:00.001Z' }],
  ])('tells another %s', (_what, change) => {
    expect(contentHashOf({ ...EVENT, ...change })).not.toBe(contentHashOf(EVENT))
  })
})

test('canonical JSON is JSON, sorted at every depth, without undefined members', () => {
  const value = { b: [{ d: null, c: 'é"\u2028' }], a: { y: 1.5, x: undefined, w: true } }
  const text = canonicalJson(value)
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
  expect(text).toBe('{"a":{"w":true,"y":1.5},"b":[{"c":"é\\"\u2028","d":null}]}')
})
