import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestLoader, type TestLoader } from '../support/loading.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

let database: TestDatabase
let loader: TestLoader
beforeAll(async () => {
  database = await createTestDatabase()
  loader = createTestLoader(database.pool)
})
afterAll(() => database.drop())

const ANN = { userPerson: personOf('ann') }
const BOB = { userPerson: personOf('bob') }

/** An event of the nth life of a thing; its properties name the thing. */
const step = (n: number, event: string, hour: number, given: Partial<StampedEvent> & { country: string }) =>
  stampedEvent({
    ...given,
    ...{ messageId: `${event} ${hour} ${n}`, event, keyKind: 'secret', source: 'server' },
    timestamp: `2026-11-20T${hour}:00:00.000Z`,
    properties: { orderId: `o${n}`, boxId: `b${n}`, ...given.properties },
    context: { country: given.country },
  })

const items = [{ sku: 'a', quantity: 2 }]
const lives: Record<string, (n: number) => StampedEvent[]> = {
  'an order that is never completed': (n) => [
    step(n, 'order_placed', 10, { country: 'ZZ', ...ANN }),
    step(n, 'order_fulfilled', 11, { country: 'AT' }),
    step(n, 'order_fulfilled', 12, { country: 'AT', ...BOB }),
  ],
  'an order with a correction': (n) => [
    step(n, 'order_placed', 10, { country: 'AT' }),
    step(n, 'order_completed', 11, {
      country: 'DE',
      ...ANN,
      properties: { amountMinor: 5, currency: 'EUR' },
    }),
    step(n, 'order_completed', 12, {
      country: 'ZZ',
      ...BOB,
      properties: { amountMinor: 7, currency: 'JPY' },
    }),
  ],
  'a box whose events disagree': (n) => [
    step(n, 'box_created', 10, { country: 'ZZ', properties: { items, cycle: '2026-47' } }),
    step(n, 'box_packed', 11, { country: 'AT', properties: { items, carrier: 'post' } }),
    step(n, 'box_shipped', 12, { country: 'DE', properties: { carrier: 'bike' } }),
  ],
}

const permutations = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
]
let life = 0

test.each(Object.entries(lives))(
  '%s is the same in any order of arrival, in one batch or several',
  async (_, eventsOf) => {
    const first = life
    for (const order of permutations) {
      for (const batches of [[3], [1, 2], [1, 1, 1]]) {
        const events = eventsOf(life++)
        const arriving = order.map((index) => events[index] as StampedEvent)
        for (const size of batches) await loader.load(arriving.splice(0, size))
      }
    }
    const ids = Array.from({ length: life - first }, (_, n) => n + first)
    const { rows } = await database.pool.query<{ n: number; row: object }>(
      `select count(*)::int as n, to_jsonb(f) - 'order_id' - 'completed_event_id' as row
     from warehouse.fact_order f where order_id = any ($1) group by 2
     union all
     select count(*)::int, to_jsonb(f) - 'box_id' - 'created_event_id' - 'packed_event_id'
     from warehouse.fact_box f where box_id = any ($2) group by 2`,
      [ids.map((n) => `o${n}`), ids.map((n) => `b${n}`)],
    )
    expect(rows.map(({ n, row }) => [n, row])).toEqual([[18, expect.anything()]])
  },
)
