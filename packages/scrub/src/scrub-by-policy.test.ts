import { parsePolicy } from '@millrace/contracts/parse-policy'
import type { ParsedEvent } from '@millrace/contracts/parsed-event'
import type { PrivacyPolicy } from '@millrace/contracts/privacy-policy'
import { describe, expect, test } from 'vitest'
import { createScrubber } from './create-scrubber.ts'

const KEY = 'a key for tests'
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/
const COMMENT = { event: 'feedback_submitted', field: 'properties.comment' }

function policyOf(rules: readonly object[]): PrivacyPolicy {
  const parsed = parsePolicy({ rules })
  if (parsed.kind !== 'policy') throw new Error(parsed.problems.join('\n'))
  return parsed.policy
}

function parsed(event: string, properties: object, given: Partial<ParsedEvent> = {}): ParsedEvent {
  return {
    ...{ index: 0, messageId: 'm-1', type: 'track', event, custom: false, anonymousId: 'a-1' },
    properties: properties as ParsedEvent['properties'],
    context: { country: 'AT' },
    ...given,
  }
}

const custom = (properties: object, event = 'quiz_finished'): ParsedEvent =>
  parsed(event, properties, { custom: true })
const feedback = (comment: string): ParsedEvent =>
  parsed('feedback_submitted', { kind: 'csat', score: 5, comment })

function scrubbed(rules: readonly object[], event: ParsedEvent, source = 'web') {
  const scrubber = createScrubber({ pseudonymKey: KEY, policy: policyOf(rules) })
  return scrubber.scrubEvent(event, { keyKind: 'secret', source })
}

const propertiesOf = (rules: readonly object[], event: ParsedEvent, source?: string) =>
  scrubbed(rules, event, source).properties

describe('a rule decides what becomes of a declared field', () => {
  test('drop leaves nothing of it, also inside a list', () => {
    expect(propertiesOf([{ ...COMMENT, do: 'drop' }], feedback('fine'))).toEqual({ kind: 'csat', score: 5 })
    const order = parsed('order_completed', {
      orderId: 'o',
      lines: [{ sku: 'a', name: 'Milk' }, { sku: 'b' }],
    })
    const rule = { event: 'order_completed', field: 'properties.lines.*.name', do: 'drop' }
    expect(propertiesOf([rule], order)).toEqual({ orderId: 'o', lines: [{ sku: 'a' }, { sku: 'b' }] })
  })

  test('mask leaves its kind, or that it was masked', () => {
    const rules = [{ ...COMMENT, do: 'mask' }]
    expect(propertiesOf(rules, feedback('write to jane@example.com soon')).comment).toBe('[email]')
    expect(propertiesOf(rules, feedback('it was fine')).comment).toBe('[masked]')
    expect(propertiesOf(rules, feedback('')).comment).toBe('')
  })

  test('hash leaves a uuid that is the same for the same value in other letters, and for another key another', () => {
    const rules = [{ ...COMMENT, do: 'hash' }]
    const one = propertiesOf(rules, feedback('Jane@Example.com')).comment
    expect(one).toMatch(UUID)
    expect(propertiesOf(rules, feedback(' jane@example.COM ')).comment).toBe(one)
    expect(propertiesOf(rules, feedback('john@example.com')).comment).not.toBe(one)
    const other = createScrubber({ pseudonymKey: 'another', policy: policyOf(rules) })
    expect(
      other.scrubEvent(feedback('jane@example.com'), { keyKind: 'secret', source: 'web' }).properties.comment,
    ).not.toBe(one)
  })

  test('the hash of an id tells letters apart, and is that of an id in which personal data was found', () => {
    const rules = [{ event: 'order_fulfilled', field: 'properties.orderId', do: 'hash' }]
    const hashed = (orderId: string, given = rules) =>
      propertiesOf(given, parsed('order_fulfilled', { orderId })).orderId
    expect(hashed('o-1')).toMatch(UUID)
    expect(hashed('O-1')).not.toBe(hashed('o-1'))
    expect(hashed('jane@example.com')).toBe(hashed('jane@example.com', []))
  })

  test('cut leaves a part, which is searched where it is a text, and a mark where there is no such part', () => {
    const cut = (to: string) => [{ event: 'page_viewed', field: 'properties.referrer', do: 'cut', to }]
    const page = (referrer: string) => parsed('page_viewed', { referrer })
    expect(propertiesOf(cut('path'), page('https://x.example/u/jane@example.com?q=1')).referrer).toBe(
      '/u/[email]',
    )
    expect(propertiesOf(cut('origin'), page('https://x.example/u')).referrer).toBe('https://x.example')
    expect(propertiesOf(cut('year'), page('no year')).referrer).toBe('[masked]')
  })

  test('keep leaves look-alikes as they are', () => {
    const rules = [{ ...COMMENT, do: 'keep', why: 'a menu of part numbers' }]
    expect(propertiesOf(rules, feedback('4111 1111 1111 1111')).comment).toBe('4111 1111 1111 1111')
    expect(propertiesOf([], feedback('4111 1111 1111 1111')).comment).toBe('[card]')
  })

  test('of the context too: a page’s title there is the title of page_viewed', () => {
    const rules = [
      { field: 'context.page.title', do: 'mask' },
      { field: 'context.ip', do: 'drop' },
    ]
    const event = parsed(
      'page_viewed',
      { title: 'My account' },
      {
        context: { country: 'AT', page: { title: 'My account', path: '/a' }, ip: '203.0.113.7' },
      },
    )
    const { properties, context } = scrubbed(rules, event)
    expect(properties.title).toBe('[masked]')
    expect(context).toEqual({ country: 'AT', page: { title: '[masked]', path: '/a' } })
  })
})

describe('which rule counts', () => {
  test('one of the source before one of every source, one of the event before one of every event', () => {
    const rules = [
      { field: 'properties.reason', do: 'drop' },
      { event: 'box_skipped', field: 'properties.reason', do: 'hash' },
      { source: 'shop', field: 'properties.reason', do: 'mask' },
    ]
    const skipped = parsed('box_skipped', { boxId: 'b', reason: 'holiday' })
    expect(propertiesOf(rules, skipped, 'shop').reason).toBe('[masked]')
    expect(propertiesOf(rules, skipped, 'web').reason).toMatch(UUID)
    expect(propertiesOf(rules, parsed('box_shipped', { boxId: 'b', reason: 'x' }), 'web')).toEqual({
      boxId: 'b',
    })
  })

  test('a policy’s own before the default one, which cuts addresses', () => {
    const event = custom({})
    const withIp = { ...event, context: { country: 'AT', ip: '203.0.113.7' } }
    expect(scrubbed([], withIp).context.ip).toBe('203.0.113.0')
    expect(scrubbed([{ source: 'web', field: 'context.ip', do: 'drop' }], withIp).context.ip).toBeUndefined()
    expect(scrubbed([{ source: 'web', field: 'context.ip', do: 'drop' }], withIp, 'shop').context.ip).toBe(
      '203.0.113.0',
    )
  })
})

describe('a custom event', () => {
  const rule = (field: string, action: string, more: object = {}) => ({
    event: 'custom:quiz_finished',
    field,
    do: action,
    ...more,
  })

  test('has its e-mail hashed where joins are wanted, whatever its letters', () => {
    const rules = [{ event: 'custom:*', field: 'properties.email', do: 'hash' }]
    const email = (event: ParsedEvent) => propertiesOf(rules, event).email
    expect(email(custom({ email: 'Jane@Example.com' }))).toMatch(UUID)
    expect(email(custom({ email: 'jane@example.com' }, 'other'))).toBe(
      email(custom({ email: 'JANE@example.com' })),
    )
  })

  test('loses, hashes or masks all below a field that a rule names, except where a longer one says otherwise', () => {
    const rules = [
      rule('properties.answers', 'mask'),
      rule('properties.answers.*.score', 'keep', { why: 'a number from 1 to 5' }),
      rule('properties.device', 'drop'),
    ]
    const sent = { answers: [{ text: 'me', yes: true, score: 5 }], device: { id: 1, os: 'x' }, plan: 'pro' }
    expect(propertiesOf(rules, custom(sent))).toEqual({
      answers: [{ text: '[masked]', yes: '[masked]', score: 5 }],
      plan: 'pro',
    })
  })

  test('cuts a date of birth to its year and a postcode to its area', () => {
    const rules = [
      rule('properties.dob', 'cut', { to: 'year' }),
      rule('properties.zip', 'cut', { to: 'area' }),
    ]
    expect(propertiesOf(rules, custom({ dob: '1985-03-12', zip: 90210 }))).toEqual({
      dob: '1985',
      zip: '902',
    })
    expect(propertiesOf(rules, custom({ dob: 'in spring' }))).toEqual({ dob: '[birth_date]' })
  })

  test('keeps ids of people and addresses in no case, and every other event as before', () => {
    const rules = [rule('properties.codes', 'keep', { why: 'part numbers' })]
    const sent = { codes: { userId: 'jane', ip: '203.0.113.7', part: '4111 1111 1111 1111' } }
    expect(propertiesOf(rules, custom(sent)).codes).toEqual({
      userId: createScrubber({ pseudonymKey: KEY }).peopleOf({ userId: 'jane' }).userPerson,
      ip: '[ip]',
      part: '4111 1111 1111 1111',
    })
    expect(propertiesOf(rules, custom({ codes: '4111 1111 1111 1111' }, 'other')).codes).toBe('[card]')
  })
})

describe('a refused event', () => {
  const refuse = (rules: readonly object[], raw: unknown) =>
    createScrubber({ pseudonymKey: KEY, policy: policyOf(rules) }).scrubRefused(raw, 'web')

  test('is treated by the rules of the event that it meant to be, but nothing of it is kept', () => {
    const raw = { type: 'track', event: 'feedback_submitted', properties: { comment: '4111 1111 1111 1111' } }
    const at = (action: string) =>
      refuse([{ ...COMMENT, do: action, why: 'x' }], raw).event as { properties: Record<string, unknown> }
    expect(at('mask').properties.comment).toBe('[card]')
    expect(at('drop').properties).toEqual({})
    expect(at('keep').properties.comment).toBe('[card]')
  })

  test('that is judged again keeps its hashes, its parts and its people', () => {
    const rules = [
      { event: 'custom:*', field: 'properties.email', do: 'hash' },
      { event: 'custom:*', field: 'properties.zip', do: 'cut', to: 'area' },
    ]
    const policy = policyOf(rules)
    const scrubber = createScrubber({ pseudonymKey: KEY, policy })
    const sent = { email: 'jane@example.com', zip: '90210', user_id: '4711' }
    const first = scrubber.scrubEvent(custom(sent), { keyKind: 'secret', source: 'web' }).properties
    const { event } = scrubber.scrubRefused(
      { type: 'track', event: 'quiz_finished', properties: sent },
      'web',
    )
    const kept = (event as { properties: object }).properties
    const again = scrubber.scrubEvent(custom(kept), { keyKind: 'secret', source: 'web', again: true })
    expect(again.properties).toEqual(first)
    expect(first).toEqual({
      email: expect.stringMatching(UUID),
      zip: '902',
      user_id: expect.stringMatching(UUID),
    })
  })
})
