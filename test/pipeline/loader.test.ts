import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTestLoader, differences, seriesOf } from '../support/loading.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

const order = (
  orderId: string,
  amountMinor: number,
  currency: string,
  timestamp: string,
  messageId = orderId,
) =>
  stampedEvent({
    messageId,
    event: 'order_completed',
    keyKind: 'secret',
    source: 'server',
    timestamp,
    userPerson: personOf('ann'),
    properties: { orderId, amountMinor, currency },
  })

describe('an event counts once', () => {
  test('a retry in another batch and a double in one batch are no-ops', async () => {
    const loader = createTestLoader(database.pool)
    const event = order('o1', 1299, 'EUR', '2026-11-20T10:00:00.000Z')
    await loader.load([event, event])
    await loader.load([event], 1)
    expect(await seriesOf(database.pool, 'orders')).toEqual(['2026-11-20 1'])
    expect(loader.outcomes.map(({ loaded, duplicate }) => [loaded, duplicate])).toEqual([
      [1, 1],
      [0, 1],
    ])
  })

  test('a retry one second after midnight counts on the day of the first', async () => {
    const loader = createTestLoader(database.pool)
    const event = stampedEvent({
      messageId: 'm1',
      anonymousPerson: personOf('v'),
      timestamp: '2026-11-19T23:59:59.000Z',
    })
    await loader.load([event])
    await loader.load([
      { ...event, receivedAt: '2026-11-20T00:00:01.000Z', timestamp: '2026-11-20T00:00:01.000Z' },
    ])
    expect(await seriesOf(database.pool, 'daily_active_users')).toEqual(['2026-11-19 1'])
    expect(await seriesOf(database.pool, 'events')).toEqual(['2026-11-19 page_viewed 1'])
  })

  test('the same id with other content goes to quarantine and the first one counts', async () => {
    const loader = createTestLoader(database.pool)
    await loader.load([order('o1', 1299, 'EUR', '2026-11-20T10:00:00.000Z', 'm1')])
    await loader.load([order('o1', 9999, 'EUR', '2026-11-20T10:00:00.000Z', 'm1')])
    expect(await seriesOf(database.pool, 'revenue_gross')).toEqual(['2026-11-20 EUR 12.99'])
    const { rows } = await database.pool.query('select code, stage from pipeline.quarantine')
    expect(rows).toEqual([{ code: 'id_conflict', stage: 'load' }])
  })
})

describe('a poisoned batch', () => {
  test('is split until the bad event stands alone in quarantine and the others count', async () => {
    const loader = createTestLoader(database.pool)
    const good = Array.from({ length: 20 }, (_, index) =>
      order(`o${index}`, 100, 'EUR', '2026-11-20T10:00:00.000Z'),
    )
    const bad = order('bad', Number.MAX_VALUE, 'EUR', '2026-11-20T10:00:00.000Z')
    await loader.load([...good.slice(0, 7), bad, ...good.slice(7), '{"not": "an event"}'])
    expect(await seriesOf(database.pool, 'orders')).toEqual(['2026-11-20 20'])
    const { rows } = await database.pool.query(
      'select record_offset, code, detail from pipeline.quarantine order by 1',
    )
    expect(rows).toEqual([
      { record_offset: '7', code: 'schema_invalid', detail: expect.stringContaining('SQLSTATE 22') },
      { record_offset: '21', code: 'schema_invalid', detail: expect.stringContaining('not an event') },
    ])
    const ledger = await database.pool.query(
      'select sum(loaded)::int as loaded, sum(quarantined)::int as quarantined, max(last_offset)::int as last from pipeline.load_ledger',
    )
    expect(ledger.rows).toEqual([{ loaded: 20, quarantined: 2, last: 21 }])
  })
})

describe('money', () => {
  test('JPY has no minor unit, KWD has three, and currencies are never added up', async () => {
    const loader = createTestLoader(database.pool)
    await loader.load([
      order('o1', 500, 'JPY', '2026-11-20T10:00:00.000Z'),
      order('o2', 1234, 'KWD', '2026-11-20T10:00:00.000Z'),
      order('o3', 1010, 'EUR', '2026-11-20T10:00:00.000Z'),
    ])
    expect(await seriesOf(database.pool, 'revenue_gross')).toEqual([
      '2026-11-20 EUR 10.1',
      '2026-11-20 JPY 500',
      '2026-11-20 KWD 1.234',
    ])
    const { rows } = await database.pool.query(
      'select currency, value::text from warehouse.kpi_revenue_gross order by 1',
    )
    expect(rows).toEqual([
      { currency: 'EUR', value: '10.10' },
      { currency: 'JPY', value: '500' },
      { currency: 'KWD', value: '1.234' },
    ])
  })

  test('a later completion corrects an order, in either order of arrival', async () => {
    const loader = createTestLoader(database.pool)
    const first = order('o1', 1000, 'EUR', '2026-11-20T10:00:00.000Z', 'm1')
    const second = order('o1', 800, 'EUR', '2026-11-20T11:00:00.000Z', 'm2')
    await loader.load([first])
    await loader.load([second])
    await loader.load([{ ...second, ...order('o2', 800, 'EUR', '2026-11-20T11:00:00.000Z', 'm3') }])
    await loader.load([order('o2', 1000, 'EUR', '2026-11-20T10:00:00.000Z', 'm4')])
    expect(await seriesOf(database.pool, 'orders')).toEqual(['2026-11-20 2'])
    expect(await seriesOf(database.pool, 'revenue_gross')).toEqual(['2026-11-20 EUR 16'])
    expect(await differences(database.pool)).toEqual([])
  })

  test('a refund counts once, on its own day, also when it comes before its order', async () => {
    const loader = createTestLoader(database.pool)
    const refund = (messageId: string) =>
      stampedEvent({
        messageId,
        event: 'order_refunded',
        keyKind: 'secret',
        source: 'server',
        timestamp: '2026-11-21T09:00:00.000Z',
        properties: { refundId: 'r1', orderId: 'o1', amountMinor: 300, currency: 'EUR' },
      })
    await loader.load([refund('m1'), refund('m2')])
    await loader.load([order('o1', 1000, 'EUR', '2026-11-20T10:00:00.000Z')])
    expect(await seriesOf(database.pool, 'revenue_refunds')).toEqual(['2026-11-21 EUR 3'])
    expect(await seriesOf(database.pool, 'revenue_net')).toEqual(['2026-11-20 EUR 10', '2026-11-21 EUR -3'])
  })
})

describe('people', () => {
  const view = (messageId: string, person: object, timestamp: string) =>
    stampedEvent({ messageId, timestamp, ...person })

  test('an anonymous visitor who logs in counts once, also on the days before', async () => {
    const loader = createTestLoader(database.pool)
    const visitor = { anonymousPerson: personOf('visitor') }
    const user = { userPerson: personOf('ann') }
    await loader.load([
      view('1', visitor, '2026-11-18T10:00:00.000Z'),
      view('2', visitor, '2026-11-20T10:00:00.000Z'),
      view('3', user, '2026-11-20T11:00:00.000Z'),
      view('4', user, '2026-11-10T11:00:00.000Z'),
    ])
    expect(await seriesOf(database.pool, 'daily_active_users')).toEqual([
      '2026-11-10 1',
      '2026-11-18 1',
      '2026-11-20 2',
    ])
    await loader.load([
      stampedEvent({ messageId: '5', type: 'identify', event: 'identify', ...visitor, ...user }),
    ])
    await loader.load([view('6', visitor, '2026-11-19T10:00:00.000Z')], 1)
    expect(await seriesOf(database.pool, 'daily_active_users')).toEqual([
      '2026-11-10 1',
      '2026-11-18 1',
      '2026-11-19 1',
      '2026-11-20 1',
    ])
    expect(await differences(database.pool)).toEqual([])
  })

  test('another user on the same device is another person, and the first link stays', async () => {
    const loader = createTestLoader(database.pool)
    const device = { anonymousPerson: personOf('device') }
    await loader.load([
      view('1', { ...device, userPerson: personOf('ann') }, '2026-11-20T10:00:00.000Z'),
      view('2', { ...device, userPerson: personOf('bob') }, '2026-11-20T11:00:00.000Z'),
      view('3', device, '2026-11-20T12:00:00.000Z'),
    ])
    expect(await seriesOf(database.pool, 'daily_active_users')).toEqual(['2026-11-20 2'])
  })

  test('two users become one by alias', async () => {
    const loader = createTestLoader(database.pool)
    await loader.load([
      view('1', { userPerson: personOf('old') }, '2026-11-20T10:00:00.000Z'),
      view('2', { userPerson: personOf('new') }, '2026-11-20T11:00:00.000Z'),
      stampedEvent({
        messageId: '3',
        type: 'alias',
        event: 'alias',
        keyKind: 'secret',
        userPerson: personOf('new'),
        previousPersons: [personOf('old'), personOf('old as visitor')],
      }),
    ])
    expect(await seriesOf(database.pool, 'daily_active_users')).toEqual(['2026-11-20 1'])
    expect(await differences(database.pool)).toEqual([])
  })

  test('bots and canaries are kept, counted by their reason and nowhere else', async () => {
    const loader = createTestLoader(database.pool)
    await loader.load([
      view('1', { anonymousPerson: personOf('bot'), bot: 'crawler' }, '2026-11-20T10:00:00.000Z'),
      view('2', { anonymousPerson: personOf('canary'), canary: true }, '2026-11-20T10:00:00.000Z'),
      view('3', { anonymousPerson: personOf('ann') }, '2026-11-20T10:00:00.000Z'),
    ])
    expect(await seriesOf(database.pool, 'excluded_events')).toEqual([
      '2026-11-20 canary 1',
      '2026-11-20 crawler 1',
    ])
    expect(await seriesOf(database.pool, 'events')).toEqual(['2026-11-20 page_viewed 1'])
    expect(await seriesOf(database.pool, 'daily_active_users')).toEqual(['2026-11-20 1'])
    expect(await seriesOf(database.pool, 'sessions')).toEqual(['2026-11-20 1'])
  })
})

describe('sessions', () => {
  const at = (minutes: number) => new Date(Date.UTC(2026, 10, 18, 10) + minutes * 60_000).toISOString()
  const touch = (minutes: number, given: object = {}) =>
    stampedEvent({
      messageId: `m${minutes}`,
      timestamp: at(minutes),
      anonymousPerson: personOf('v'),
      ...given,
    })

  test('30 minutes without activity end a visit, and a late event joins two', async () => {
    const loader = createTestLoader(database.pool)
    await loader.load([touch(0), touch(10), touch(60), touch(55)])
    expect(await seriesOf(database.pool, 'sessions')).toEqual(['2026-11-18 2'])
    await loader.load([touch(35)])
    expect(await seriesOf(database.pool, 'sessions')).toEqual(['2026-11-18 1'])
    expect(await differences(database.pool)).toEqual([])
  })

  test('a session id makes one session of whatever it is on, and 24 hours split it', async () => {
    const loader = createTestLoader(database.pool)
    const withId = (minutes: number, person: object = {}) => touch(minutes, { sessionId: 's1', ...person })
    await loader.load([withId(600)])
    await loader.load([withId(0, { userPerson: personOf('ann') })], 1)
    expect(await seriesOf(database.pool, 'sessions')).toEqual(['2026-11-18 1'])
    await loader.load([withId(24 * 60 + 1), withId(24 * 60 + 30)])
    expect(await seriesOf(database.pool, 'sessions')).toEqual(['2026-11-18 1', '2026-11-19 1'])
    await loader.load([withId(-60)])
    const { rows } = await database.pool.query(
      `select part::int, events::int, duration_seconds from warehouse.fact_session order by part`,
    )
    expect(rows).toEqual([
      { part: 0, events: 3, duration_seconds: 660 * 60 },
      { part: 1, events: 2, duration_seconds: 29 * 60 },
    ])
    expect(await differences(database.pool)).toEqual([])
  })

  test('a visitor who is never idle for a day has a session a day, in any order of arrival', async () => {
    const loader = createTestLoader(database.pool)
    const minutes = Array.from({ length: 150 }, (_, index) => index * 20)
    const shuffled = minutes
      .map((minute) => ({ minute, rank: (minute * 7919) % 1009 }))
      .sort((a, b) => a.rank - b.rank)
    for (let from = 0; from < shuffled.length; from += 40) {
      await loader.load(shuffled.slice(from, from + 40).map(({ minute }) => touch(minute)))
    }
    const { rows } = await database.pool.query(
      `select started_at, events::int from warehouse.fact_session order by started_at`,
    )
    expect(rows).toEqual([
      { started_at: new Date(at(0)), events: 72 },
      { started_at: new Date(at(24 * 60)), events: 72 },
      { started_at: new Date(at(48 * 60)), events: 6 },
    ])
    expect(await differences(database.pool)).toEqual([])
  })
})

describe('boxes', () => {
  const box = (boxId: string, event: string, hour: number, properties: object = {}) =>
    stampedEvent({
      messageId: `${boxId}-${event}`,
      event,
      keyKind: 'secret',
      source: 'server',
      timestamp: `2026-11-20T${hour}:00:00.000Z`,
      properties: { boxId, ...properties },
    })
  const ordered = {
    items: [
      { sku: 'a', quantity: 4 },
      { sku: 'b', quantity: 2 },
    ],
  }
  const packed = {
    items: [
      { sku: 'a', quantity: 9 },
      { sku: 'b', quantity: 1 },
      { sku: 'x', quantity: 5 },
    ],
  }
  const lifeOf = (boxId: string) => [
    box(boxId, 'box_created', 10, ordered),
    box(boxId, 'box_packed', 11, packed),
    box(boxId, 'box_shipped', 12, { carrier: 'post' }),
    box(boxId, 'box_delivered', 13),
  ]

  test('fold to the same in any order of arrival', async () => {
    const loader = createTestLoader(database.pool)
    for (const [number, order] of permutations([0, 1, 2, 3]).entries()) {
      const life = lifeOf(`b${number}`)
      for (const step of order) await loader.load(life.slice(step, step + 1), step % 2)
    }
    expect(await seriesOf(database.pool, 'box_fill_ratio')).toEqual([`2026-11-20 ${5 / 6}`])
    expect(await seriesOf(database.pool, 'box_complete_ratio')).toEqual(['2026-11-20 0'])
    const { rows } = await database.pool.query(
      `select stage, items_ordered::int as ordered, items_packed::int as packed, carrier, count(*)::int as boxes
       from warehouse.fact_box group by 1, 2, 3, 4`,
    )
    expect(rows).toEqual([{ stage: 'delivered', ordered: 6, packed: 5, carrier: 'post', boxes: 24 }])
    expect(await differences(database.pool)).toEqual([])
  })

  test('a box without its box_created waits outside the ratio', async () => {
    const loader = createTestLoader(database.pool)
    await loader.load(lifeOf('b1').slice(1))
    expect(await seriesOf(database.pool, 'box_fill_ratio')).toEqual([])
  })
})

describe('days of the business', () => {
  test.each([
    ['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z', 23],
    ['2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z', 25],
  ])('%s in Vienna lasts from local midnight to local midnight', async (day, from, until, hours) => {
    expect(Date.parse(until) - Date.parse(from)).toBe(hours * 3_600_000)
    const loader = createTestLoader(database.pool, 'Europe/Vienna')
    const moments = [Date.parse(from) - 1, Date.parse(from), Date.parse(until) - 1, Date.parse(until)]
    await loader.load(
      moments.map((moment, index) => order(`o${index}`, 100, 'EUR', new Date(moment).toISOString())),
    )
    expect(await seriesOf(database.pool, 'orders')).toContain(`${day} 2`)
    expect(await seriesOf(database.pool, 'orders')).toHaveLength(3)
  })
})

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  )
}
