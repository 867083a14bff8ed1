import { expect, test } from 'vitest'
import { parseBatch } from './parse-batch.ts'
import { aSecretKey } from './test-builders.ts'

test.each([
  ['Order Completed', 'order_completed'],
  ['Order Refunded', 'order_refunded'],
  ['Product Viewed', 'product_viewed'],
  ['Product Added', 'product_added'],
  ['Products Searched', 'search_performed'],
  ['Signed Up', 'user_signed_up'],
  ['Signed In', 'user_logged_in'],
  ['Experiment Viewed', 'experiment_viewed'],
  ['Product Reviewed', 'feedback_submitted'],
  ['Subscription Started', 'subscription_started'],
  ['order completed', 'order_completed'],
])('%s is %s', (title, name) => {
  const everything = {
    order_id: 'o',
    revenue: 1,
    currency: 'EUR',
    product_id: 'p',
    query: 'q',
    experiment_id: 'e',
    variation_id: 'v',
    rating: 5,
    subscription_id: 's',
    plan: 'p',
    interval: 'month',
  }
  expect(parsed(title, everything).event).toBe(name)
})

test('an order of Segment has canonical properties', () => {
  const { properties } = parsed('Order Completed', {
    checkout_id: 'c',
    order_id: 50314,
    affiliation: 'Store',
    total: 27.5,
    revenue: '25.00',
    shipping: 3,
    coupon: 'hasbros',
    currency: 'usd',
    products: [
      { product_id: '507f', sku: '45790-32', name: 'Monopoly', price: 19, quantity: 1, category: 'Games' },
      { product_id: 505, price: '0.333', quantity: '3' },
      { product_id: 'gift' },
    ],
  })
  expect(properties).toEqual({
    orderId: '50314',
    amountMinor: 2500,
    currency: 'USD',
    coupon: 'hasbros',
    lines: [
      { sku: '45790-32', name: 'Monopoly', quantity: 1, amountMinor: 1900 },
      { sku: '505', quantity: 3, amountMinor: 100 },
      { sku: 'gift', quantity: 1, amountMinor: 0 },
    ],
  })
})

test.each([
  ['EUR', 10.1, 1010],
  ['EUR', 0.1 + 0.2, 30],
  ['JPY', 500, 500],
  ['KWD', 1.234, 1234],
  ['EUR', '0.125', 12],
])('%s %s are %d minor units', (currency, revenue, amountMinor) => {
  expect(parsed('Order Completed', { order_id: 'o', revenue, currency }).properties).toMatchObject({
    amountMinor,
  })
})

test('an order without revenue has its total', () => {
  expect(parsed('Order Completed', { order_id: 'o', total: 9.5, currency: 'EUR' }).properties).toMatchObject({
    amountMinor: 950,
  })
})

test('a refund without an id of its own has its message’s: one message, one refund', () => {
  const { properties } = parsed('Order Refunded', { order_id: 'o', total: 9.5, currency: 'EUR' })
  expect(properties).toEqual({ refundId: 'm-1', orderId: 'o', amountMinor: 950, currency: 'EUR' })
})

test('a product that was viewed without a currency still counts, without a price', () => {
  expect(parsed('Product Viewed', { product_id: 'p', price: 19 }).properties).toEqual({ sku: 'p' })
  expect(parsed('Product Viewed', { product_id: 'p', price: 19, currency: 'EUR' }).properties).toEqual({
    sku: 'p',
    amountMinor: 1900,
    currency: 'EUR',
  })
})

test('canonical properties go first', () => {
  const { properties } = parsed('Order Completed', {
    orderId: 'own',
    order_id: 'theirs',
    amountMinor: 5,
    revenue: 9,
    currency: 'EUR',
  })
  expect(properties).toEqual({ orderId: 'own', amountMinor: 5, currency: 'EUR' })
})

test.each([
  [{ revenue: 1, currency: 'EUR' }, 'schema_invalid', 'properties.order_id', 'missing, expected text'],
  [{ order_id: 'o', revenue: 1 }, 'schema_invalid', 'properties.currency', 'missing, expected text'],
  [
    { order_id: 'o', revenue: 1, currency: 'ABC' },
    'currency_unknown',
    'properties.currency',
    'expected an active currency of ISO 4217',
  ],
  [
    { order_id: 'o', revenue: '$1', currency: 'EUR' },
    'schema_invalid',
    'properties.revenue',
    'expected a decimal amount of money, as 12.99',
  ],
  [
    { order_id: 'o', total: { toString: 1 }, currency: 'EUR' },
    'schema_invalid',
    'properties.total',
    'expected a decimal amount of money, as 12.99',
  ],
  [
    { order_id: 'o', revenue: 1, currency: 'EUR', products: [{ price: 1 }] },
    'schema_invalid',
    'properties.products.0.product_id',
    'missing, expected text',
  ],
  [
    { order_id: 'o', revenue: 1, currency: 'EUR', products: [{ product_id: 'p', price: 'x' }] },
    'schema_invalid',
    'properties.products.0.price',
    'expected a decimal amount of money, as 12.99',
  ],
  [
    { order_id: 'o', revenue: 1, currency: 'EUR', products: [{ product_id: 'p', quantity: { valueOf: 1 } }] },
    'schema_invalid',
    'properties.products.0.quantity',
    'expected a number',
  ],
])('what is wrong with %j is told in the names that were sent', (properties, code, path, detail) => {
  expect(judged('Order Completed', properties).rejected).toMatchObject([{ code, path, detail }])
})

function judged(event: string, properties: object) {
  const batch = parseBatch(
    { messageId: 'm-1', type: 'track', event, userId: 'u', properties },
    { key: aSecretKey() },
  )
  if (batch.kind !== 'batch') throw new Error(`the body was ${batch.kind}`)
  return batch
}

function parsed(event: string, properties: object) {
  const { events, rejected } = judged(event, properties)
  expect(rejected).toEqual([])
  const [first] = events
  if (!first) throw new Error('nothing was accepted')
  return first
}
