import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { personOf, stampedEvent } from '../support/stamped-event.ts'

const PEOPLE = 20_000
const DAYS = 10
const FIRST_DAY = Date.UTC(2026, 10, 1)
const DAY_MS = 86_400_000
const COUNTRIES = ['DE', 'AT', 'FR', 'GB', 'US', 'ZZ']

type Kind = readonly [share: number, event: string, propertiesOf: (n: number) => Record<string, unknown>]

/** Of a hundred events so many are of this name: what a shop's site sends. */
const MIX: readonly Kind[] = [
  [50, 'page_viewed', (n) => ({ path: `/boxes/${n % 200}` })],
  [20, 'product_viewed', (n) => ({ sku: `SKU-${n % 500}`, category: 'boxes' })],
  [10, 'product_added', (n) => ({ sku: `SKU-${n % 500}`, quantity: 1, amountMinor: 1299, currency: 'EUR' })],
  [6, 'search_performed', (n) => ({ query: `box ${n % 50}`, results: n % 20 })],
  [4, 'user_logged_in', () => ({ method: 'email' })],
  [3, 'order_completed', (n) => ({ orderId: `o-${n}`, amountMinor: 1000 + (n % 900), currency: 'EUR' })],
  [3, 'user_signed_up', () => ({ channel: 'organic', plan: 'family' })],
  [2, 'error_occurred', () => ({ code: 'timeout', severity: 'error' })],
  [1, 'box_packed', (n) => ({ boxId: `b-${n}`, items: [{ sku: `SKU-${n % 500}`, quantity: 2 }] })],
  [1, 'feedback_submitted', (n) => ({ kind: 'csat', score: 1 + (n % 5) })],
]

const OF_A_HUNDRED = MIX.flatMap((entry) => Array<Kind>(entry[0]).fill(entry))

/** So many events of 20,000 people over 10 days, in the order of their times; the same ones on every run. */
export function* smallEvents(count: number): Generator<StampedEvent> {
  for (let n = 0; n < count; n++) {
    const [, event, propertiesOf] = OF_A_HUNDRED[(n * 37) % 100] as Kind
    const timestamp = new Date(FIRST_DAY + Math.floor((n / count) * DAYS * DAY_MS)).toISOString()
    const person = (n * 7919) % PEOPLE
    yield stampedEvent({
      messageId: `bench-${n}`,
      event,
      source: 'server',
      keyKind: 'secret',
      timestamp,
      receivedAt: timestamp,
      userPerson: personOf(String(person)),
      sessionId: `s-${person}-${Math.floor((n / count) * DAYS * 2)}`,
      properties: propertiesOf(n),
      context: { country: COUNTRIES[person % COUNTRIES.length] ?? 'ZZ', device: 'mobile' },
    })
  }
}
