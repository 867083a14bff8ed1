import { type ParsedBatch, parseBatch } from './parse-batch.ts'
import type { ParseRights } from './parse-event.ts'
import type { WriteKey } from './write-key.ts'

export function aPublicKey(overrides: Partial<WriteKey> = {}): WriteKey {
  return { key: 'pk_test_key', source: 'web', kind: 'public', ...overrides }
}

export function aSecretKey(overrides: Partial<WriteKey> = {}): WriteKey {
  return { key: 'sk_test_key', source: 'server', kind: 'secret', ...overrides }
}

/** A good event of a public key. */
export function aPageView(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    messageId: 'm-1',
    type: 'track',
    event: 'page_viewed',
    originalTimestamp: '2026-11-21T09:51:58.101Z',
    anonymousId: 'a-1',
    properties: { path: '/boxes' },
    ...overrides,
  }
}

/** A good event of a secret key. */
export function anOrder(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    messageId: 'm-2',
    type: 'track',
    event: 'order_completed',
    originalTimestamp: '2026-11-21T09:51:58.101Z',
    userId: 'u-1',
    properties: {
      orderId: 'o-1',
      amountMinor: 1299,
      currency: 'EUR',
      lines: [{ sku: 'a', quantity: 1, amountMinor: 1299 }],
    },
    ...overrides,
  }
}

/** What parseBatch makes of a body that it can open; with a public key unless told otherwise. */
export function parsed(
  body: unknown,
  rights: ParseRights = { key: aPublicKey() },
): Extract<ParsedBatch, { kind: 'batch' }> {
  const batch = parseBatch(body, rights)
  if (batch.kind !== 'batch') throw new Error(`the body was ${batch.kind}: ${batch.detail}`)
  return batch
}
