import { FOUND_KINDS } from '@millrace/contracts/finding'
import type { ParsedEvent } from '@millrace/contracts/parsed-event'
import { expect, test } from 'vitest'
import { createScrubber } from './create-scrubber.ts'
import { fieldPath } from './field-path.ts'
import { newMarks } from './found.ts'

const scrubber = createScrubber({
  pseudonymKey: 'a key for tests',
  policy: { rules: [{ source: '*', event: 'custom:*', field: 'properties.email', do: 'hash' }] },
})

function findingsOf(given: Partial<ParsedEvent>): readonly string[] | undefined {
  const event: ParsedEvent = {
    ...{ index: 0, messageId: 'm-1', type: 'track', event: 'quiz_finished', custom: true },
    ...{ properties: {}, context: { country: 'AT' } },
    ...given,
  }
  return scrubber
    .scrubEvent(event, { keyKind: 'public', source: 'web', ip: '203.0.113.7', userAgent: 'x' })
    .findings?.map(({ field, kind, treatment }) => `${field} ${kind} ${treatment}`)
}

test('a clean event has none, whoever sends it from wherever', () => {
  expect(findingsOf({ userId: 'jane@example.com', properties: { plan: 'pro', n: [1, 'x'] } })).toBeUndefined()
})

test('name the field without places in lists, the kind and what was done, and no value', () => {
  expect(
    findingsOf({
      messageId: 'jane@example.com/1',
      properties: {
        email: 'jane@example.com',
        note: 'call +43 664 1234567',
        items: [{ note: 'a@example.com' }, { note: 'b@example.com and 4111 1111 1111 1111' }],
        user_id: '7',
        born: '1985-03-12',
        'c@example.com': 1,
        pan: 4111111111111111,
      },
      context: { country: 'AT', page: { title: 'Hello jane@example.com' } },
    }),
  ).toEqual([
    'messageId email hash',
    'properties.email email hash',
    'properties.note phone mask',
    'properties.items.*.note email mask',
    'properties.items.*.note card mask',
    'properties.user_id user_id hash',
    'properties.born birth_date mask',
    'properties.[email] email mask',
    'properties.pan card mask',
    'context.page.title email mask',
  ])
})

test('of a catalogue event and of identify stand under the names that its contract has', () => {
  const lines = [{ sku: 'a', name: 'for jane@example.com' }]
  expect(
    findingsOf({ custom: false, event: 'order_completed', properties: { orderId: 'o', lines } }),
  ).toEqual(['properties.lines.*.name email mask'])
  const identify = { type: 'identify', custom: false, event: 'identify' } as const
  expect(findingsOf({ ...identify, properties: { plan: 'jane@example.com' } })).toEqual([
    'traits.plan email mask',
  ])
})

test('tell what a contract dropped and its name says to be personal data', () => {
  const undeclared = ['email', 'order_ref', 'customerPhone', 'user_id']
  expect(
    findingsOf({ custom: false, event: 'order_completed', properties: { orderId: 'o' }, undeclared }),
  ).toEqual(['properties.email email drop', 'properties.customerPhone phone drop'])
  const traits = ['name', 'firstName', 'company']
  expect(findingsOf({ type: 'identify', custom: false, event: 'identify', undeclared: traits })).toEqual([
    'traits.name name drop',
    'traits.firstName name drop',
  ])
})

test('are at most 20', () => {
  const properties = Object.fromEntries(
    Array.from({ length: 30 }, (_, n) => [`note${n}_a`, 'jane@example.com']),
  )
  expect(findingsOf({ properties })).toHaveLength(20)
})

test('are told of a refused event by the names that were sent', () => {
  const { findings } = scrubber.scrubRefused(
    { event: 'Order Completed', properties: { first_name: 'Jane', products: [{ note: 'a@example.com' }] } },
    'web',
  )
  expect(findings).toEqual([
    { field: 'properties.first_name', kind: 'name', treatment: 'mask' },
    { field: 'properties.products.*.note', kind: 'email', treatment: 'mask' },
  ])
})

test.each([
  [['properties', 'items', '*', 'note'], 'properties.items.*.note'],
  [['properties', 'scores', 'Jane Doe'], 'properties.scores.*'],
  [['properties', 'byUser', '019a5a4e-7d2e-7b1c-8f6e-2f1f3c1b2a3d'], 'properties.byUser.*'],
  [['properties', 'by.dot', 'a\u001b[2J'], 'properties.*.*'],
  [['properties', 'note_12345678'], 'properties.*'],
  [['properties', 'address_line2', 'größe'], 'properties.address_line2.größe'],
  [['properties', '[email]_2'], 'properties.[email]'],
])('%j is called %s: a name that no program gave may be anyone’s', (names, path) => {
  expect(fieldPath(names)).toBe(path)
})

test('a path is at most 200 characters long', () => {
  expect(fieldPath(Array(100).fill('name'))).toHaveLength(200)
})

test.each([
  ['x', '[email]', ['email']],
  ['[email] x', '[email] [phone]', ['phone']],
  ['[email]', '[email]', []],
  ['x', '%5Bemail%5D', ['email']],
  ['x', 'encoded', ['other']],
  ['x', '[unheard_of]', ['other']],
  ['long', 'lo[cut]', []],
])('from %s to %s, %j is new', (before, after, kinds) => {
  expect(newMarks(before, after)).toEqual(kinds)
})

test('the kinds are few enough for a metric, and each is a word', () => {
  expect(FOUND_KINDS.length).toBeLessThan(30)
  for (const kind of FOUND_KINDS) expect(kind).toMatch(/^[a-z_]{2,20}$/)
})
