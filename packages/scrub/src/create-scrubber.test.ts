import type { ParsedEvent } from '@millrace/contracts/parsed-event'
import { expect, test } from 'vitest'
import { createScrubber } from './create-scrubber.ts'
import { createPseudonyms } from './pseudonym.ts'

const scrubber = createScrubber({ pseudonymKey: 'a key for tests' })
const pseudonym = createPseudonyms('a key for tests')
const BROWSER =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 Safari/537.36'
const fromBrowser = { keyKind: 'public', source: 'web', userAgent: BROWSER, ip: '203.0.113.77' } as const
const fromServer = {
  keyKind: 'secret',
  source: 'server',
  userAgent: 'curl/8.5.0',
  ip: '198.51.100.4',
} as const

function parsed(changes: Partial<ParsedEvent> = {}): ParsedEvent {
  return {
    index: 0,
    messageId: '019a5a4e-7d2e-7b1c-8f6e-2f1f3c1b2a3d',
    type: 'track',
    event: 'feedback_submitted',
    custom: false,
    originalTimestamp: '2026-11-21T09:51:58.101Z',
    anonymousId: 'a-1',
    properties: { kind: 'csat', score: 4 },
    context: { country: 'AT' },
    ...changes,
  }
}

test('people become pseudonyms, and their ids are gone', () => {
  const scrubbed = scrubber.scrubEvent(parsed({ userId: 'jane-4711', anonymousId: 'visitor-1' }), fromBrowser)
  expect(scrubbed.userPerson).toBe(pseudonym('u', 'jane-4711'))
  expect(scrubbed.anonymousPerson).toBe(pseudonym('a', 'visitor-1'))
  expect(JSON.stringify(scrubbed)).not.toMatch(/jane-4711|visitor-1/)
})

test('the previous id of an alias is known as a user and as a visitor', () => {
  const alias = parsed({ type: 'alias', event: 'alias', userId: 'u', previousId: 'p', properties: {} })
  expect(scrubber.scrubEvent(alias, fromServer).previousPersons).toEqual([
    pseudonym('u', 'p'),
    pseudonym('a', 'p'),
  ])
})

test('ids stay as they are; one that is personal data becomes a hash that still joins', () => {
  const plain = scrubber.scrubEvent(parsed({ sessionId: 'session-1' }), fromBrowser)
  expect([plain.messageId, plain.sessionId]).toEqual(['019a5a4e-7d2e-7b1c-8f6e-2f1f3c1b2a3d', 'session-1'])
  const personal = () => scrubber.scrubEvent(parsed({ sessionId: 'jane@example.com' }), fromBrowser).sessionId
  expect(personal()).toMatch(/^[\da-f-]{36}$/)
  expect(personal()).toBe(personal())
})

test('marked fields of the catalogue are searched by their mark', () => {
  const comment = 'Call me at +43 664 1234567'
  const feedback = parsed({ properties: { kind: 'csat', score: 4, comment, orderId: 'jane@example.com' } })
  expect(scrubber.scrubEvent(feedback, fromServer).properties).toEqual({
    kind: 'csat',
    score: 4,
    comment: 'Call me at [phone]',
    orderId: expect.stringMatching(/^[\da-f-]{36}$/),
  })
  const order = parsed({
    event: 'order_completed',
    properties: {
      orderId: 'ORD-2026-004821',
      amountMinor: 1299,
      currency: 'EUR',
      lines: [
        { sku: 'A', name: 'Mug', quantity: 1, amountMinor: 1 },
        { sku: 'B', name: 'for jane@example.com', quantity: 1, amountMinor: 1 },
      ],
    },
  })
  expect(scrubber.scrubEvent(order, fromServer).properties).toMatchObject({
    orderId: 'ORD-2026-004821',
    lines: [{ name: 'Mug' }, { name: 'for [email]' }],
  })
})

test('a custom event is searched wholly, its name too', () => {
  const custom = parsed({
    event: 'mail_to_jane@example.com',
    custom: true,
    properties: { email: 'x', note: 'from jane@example.com', n: 1 },
  })
  const scrubbed = scrubber.scrubEvent(custom, fromBrowser)
  expect(scrubbed.event).toBe('[email]')
  expect(scrubbed.properties).toEqual({ email: '[email]', note: 'from [email]', n: 1 })
})

test('with a public key the request says agent and address, with a secret one the context does', () => {
  const context = { country: 'AT', userAgent: BROWSER, ip: '2001:db8:1:2::3' }
  expect(scrubber.scrubEvent(parsed({ context }), fromServer).context).toMatchObject({
    ip: '2001:db8:1::',
    browser: 'Chrome',
  })
  expect(scrubber.scrubEvent(parsed(), fromServer)).not.toHaveProperty('bot')
  const visit = scrubber.scrubEvent(
    parsed({ context: { country: 'AT', userAgent: 'curl/8.5.0' } }),
    fromBrowser,
  )
  expect(visit.context).toMatchObject({ ip: '203.0.113.0', os: 'macOS' })
  expect(visit).not.toHaveProperty('bot')
  expect(scrubber.scrubEvent(parsed(), { keyKind: 'public', source: 'web' }).bot).toBe('no_user_agent')
})

test('of the context only what says nothing about the person is kept', () => {
  const context = {
    country: 'AT',
    locale: 'de-AT',
    timezone: 'Europe/Vienna',
    page: {
      url: 'https://shop.example/account?email=jane@example.com',
      path: '/reset?token=abc&lang=de',
      title: 'Hello jane@example.com',
      referrer: 'https://mail.example/?code=xyz&q=boxes',
      search: '?email=jane@example.com',
    },
    campaign: { source: 'newsletter', term: 'jane@example.com' },
    consent: { analytics: true },
  }
  expect(scrubber.scrubEvent(parsed({ context }), { keyKind: 'secret', source: 'server' }).context).toEqual({
    country: 'AT',
    locale: 'de-AT',
    timezone: 'Europe/Vienna',
    page: {
      path: '/reset?token=[token]&lang=de',
      title: 'Hello [email]',
      referrer: 'https://mail.example/?code=[token]&q=boxes',
    },
    campaign: { source: 'newsletter', term: '[email]' },
  })
  const odd = scrubber.scrubEvent(
    parsed({ context: { country: 'ZZ', locale: 'jane@example.com', timezone: 'Main Road 5' } }),
    { keyKind: 'secret', source: 'server' },
  )
  expect(odd.context).toEqual({ country: 'ZZ' })
})

test('a rejected event of any shape is kept without its ids and without personal data', () => {
  expect(
    scrubber.scrubUnknown({
      userId: 'u',
      anonymousId: 'a',
      previousId: 'p',
      event: 12,
      properties: { email: 'jane@example.com', note: ['call +43 664 1234567'] },
    }),
  ).toEqual({ event: 12, properties: { email: '[email]', note: ['call [phone]'] } })
  expect(scrubber.scrubUnknown('jane@example.com')).toBe('[email]')
  expect(scrubber.scrubUnknown(null)).toBe(null)
})
