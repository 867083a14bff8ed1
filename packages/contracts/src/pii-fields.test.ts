import { expect, test } from 'vitest'
import { eventCatalogue } from './event-catalogue.ts'
import { piiFields } from './pii-fields.ts'

test('names the fields of an event that may hold personal data, those of list entries by a star', () => {
  expect(piiFields('order_completed')).toEqual([
    { path: ['orderId'], pii: 'id', optional: false },
    { path: ['lines', '*', 'sku'], pii: 'id', optional: false },
    { path: ['lines', '*', 'name'], pii: 'text', optional: true },
    { path: ['coupon'], pii: 'text', optional: true },
  ])
  expect(piiFields('page_viewed')).toEqual([
    { path: ['path'], pii: 'url', optional: true },
    { path: ['title'], pii: 'text', optional: true },
    { path: ['referrer'], pii: 'url', optional: true },
  ])
})

test('names a field of several alternatives once', () => {
  expect(piiFields('feedback_submitted')).toEqual([
    { path: ['comment'], pii: 'text', optional: true },
    { path: ['orderId'], pii: 'id', optional: true },
    { path: ['boxId'], pii: 'id', optional: true },
  ])
})

test('a field with a default is in every parsed event, and so not optional', () => {
  expect(piiFields('user_signed_up')?.map(({ path, optional }) => [path[0], optional])).toEqual([
    ['channel', false],
    ['plan', true],
    ['method', true],
  ])
})

test('knows identify’s traits, and that session_started has no field', () => {
  expect(piiFields('identify')?.map(({ path }) => path[0])).toEqual(['plan', 'channel', 'country'])
  expect(piiFields('session_started')).toEqual([])
})

test('knows every event of the catalogue and none other; the answer is always the same array', () => {
  for (const { name } of eventCatalogue) expect(piiFields(name)).toBe(piiFields(name))
  expect(piiFields('my_event')).toBeUndefined()
  expect(piiFields('constructor')).toBeUndefined()
})
