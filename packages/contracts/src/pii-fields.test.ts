import { expect, test } from 'vitest'
import { eventCatalogue } from './event-catalogue.ts'
import { piiFields } from './pii-fields.ts'

test('names the fields of an event that may hold personal data, those of list entries by a star', () => {
  expect(piiFields('order_completed')).toEqual([
    { path: ['orderId'], pii: 'id' },
    { path: ['lines', '*', 'sku'], pii: 'id' },
    { path: ['lines', '*', 'name'], pii: 'text' },
    { path: ['coupon'], pii: 'text' },
  ])
  expect(piiFields('page_viewed')).toEqual([
    { path: ['path'], pii: 'url' },
    { path: ['title'], pii: 'text' },
    { path: ['referrer'], pii: 'url' },
  ])
})

test('names a field of several alternatives once', () => {
  expect(piiFields('feedback_submitted')).toEqual([
    { path: ['comment'], pii: 'text' },
    { path: ['orderId'], pii: 'id' },
    { path: ['boxId'], pii: 'id' },
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
