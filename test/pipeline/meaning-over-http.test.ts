import { rm } from 'node:fs/promises'
import path from 'node:path'
import { WriteKeys } from '@millrace/contracts/write-key'
import type { KpiPoint } from '@millrace/kpis/kpi-series'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { type PostOptions, type StartedUp, startUp } from '../support/start-up.ts'

const SERVER = 'sk_server_of_meanings'
const WEB = 'pk_web_of_meanings'
// Public and historical, which no shop needs: so that what browsers do has days of its own here.
const KEYS = WriteKeys.parse([
  { key: SERVER, source: 'server', kind: 'secret', historical: true },
  { key: WEB, source: 'web', kind: 'public', historical: true },
])
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** A POST is seen on the gauges within so long. */
const SEEN_MS = 3000

let up: StartedUp
let dataDir: string

beforeAll(async () => {
  dataDir = path.join(await makeDataFolder(), 'data')
  up = await startUp(dataDir, KEYS, { BUSINESS_TIME_ZONE: 'Europe/Vienna' })
}, 120_000)

afterAll(async () => {
  await up.stop()
  await rm(path.dirname(dataDir), { recursive: true, force: true })
})

type Event = Readonly<Record<string, unknown>>

let sent = 0

function event(name: string, at: string | number, given: Event = {}): Event {
  sent += 1
  const originalTimestamp = new Date(at).toISOString()
  return { messageId: `m-${sent}`, type: 'track', event: name, originalTimestamp, ...given }
}

/** Posts batches with the time of sending, as a client does; all of them have to be taken. */
async function send(events: readonly Event[], options: PostOptions = {}): Promise<void> {
  for (let from = 0; from < events.length; from += 500) {
    const batch = events.slice(from, from + 500)
    const { status, answer } = await up.post({ sentAt: new Date().toISOString(), batch }, options)
    expect({ status, ...answer }).toMatchObject({ status: 202, accepted: batch.length, rejected: [] })
  }
}

/** `millrace kpi show`, all that was posted before included, as `date labels value` lines; money in minor units. */
async function kpi(name: string, from: string, to = from): Promise<string[]> {
  const points = await up.ask<KpiPoint[]>('kpi', 'show', name, '--from', from, '--to', to)
  return points
    .map(({ date, dimensions, value, valueMinor, numerator, denominator }) =>
      [
        date,
        ...Object.values(dimensions),
        ...(denominator === undefined ? [valueMinor ?? value] : [`${numerator}/${denominator}`]),
      ].join(' '),
    )
    .sort()
}

test('a retry a second after midnight of an event of the second before counts once, on the first day', async () => {
  const before = event('user_logged_in', '2024-05-01T21:59:59Z', { userId: 'night-owl' })
  const after = event('user_logged_in', '2024-05-01T22:00:00Z', { userId: 'early-bird' })
  await send([before])
  await send([before, after])
  await up.loaded()
  await send([before])
  // A client that stamps the retry anew.
  await send([{ ...before, originalTimestamp: '2024-05-01T22:00:01Z' }])
  await up.loaded()
  expect(await kpi('logins', '2024-05-01', '2024-05-02')).toEqual(['2024-05-01 1', '2024-05-02 1'])
  expect(await kpi('daily_active_users', '2024-05-01', '2024-05-02')).toEqual([
    '2024-05-01 1',
    '2024-05-02 1',
  ])
})

test('the days on which clocks change have 23 and 25 hours', async () => {
  const hourly = (from: string, hours: number) =>
    Array.from({ length: hours }, (_, hour) =>
      event('user_logged_in', Date.parse(from) + hour * HOUR_MS, { userId: `hourly-${hour}` }),
    )
  await send([...hourly('2024-03-30T22:30:00Z', 25), ...hourly('2024-10-26T21:30:00Z', 27)])
  await up.loaded()
  expect(await kpi('logins', '2024-03-30', '2024-04-01')).toEqual([
    '2024-03-30 1',
    '2024-03-31 23',
    '2024-04-01 1',
  ])
  expect(await kpi('logins', '2024-10-26', '2024-10-28')).toEqual([
    '2024-10-26 1',
    '2024-10-27 25',
    '2024-10-28 1',
  ])
})

test('yen have no decimals, dinars three; a refund may come before its order, and both count once', async () => {
  const order = (at: string, properties: Event) =>
    event('order_completed', at, { userId: 'buyer', properties })
  const segment = (orderId: string, revenue: unknown, currency: string) =>
    event('Order Completed', '2024-06-03T10:00:00Z', {
      userId: 'buyer',
      properties: { order_id: orderId, revenue, currency },
    })
  const refund = () =>
    event('order_refunded', '2024-06-01T10:00:00Z', {
      properties: { refundId: 'r-1', orderId: 'kwd', amountMinor: 345, currency: 'KWD' },
    })
  await send([refund()])
  await up.loaded()
  await send([
    refund(),
    order('2024-06-03T10:00:00Z', { orderId: 'jpy', amountMinor: 1500, currency: 'JPY' }),
    order('2024-06-03T12:00:00Z', { orderId: 'jpy', amountMinor: 1600, currency: 'JPY' }),
    order('2024-06-03T11:00:00Z', { orderId: 'jpy', amountMinor: 1, currency: 'JPY' }),
    order('2024-06-03T10:00:00Z', { orderId: 'kwd', amountMinor: 12_345, currency: 'KWD' }),
    segment('s-1', 2500, 'JPY'),
    segment('s-2', '1.005', 'KWD'),
    segment('s-3', 1.15, 'EUR'),
    segment('s-4', 19.99, 'EUR'),
  ])
  await up.loaded()
  const gross = ['2024-06-03 EUR 2114', '2024-06-03 JPY 4100', '2024-06-03 KWD 13350']
  expect(await kpi('orders', '2024-06-01', '2024-06-03')).toEqual(['2024-06-03 6'])
  expect(await kpi('revenue_gross', '2024-06-01', '2024-06-03')).toEqual(gross)
  expect(await kpi('revenue_refunds', '2024-06-01', '2024-06-03')).toEqual(['2024-06-01 KWD 345'])
  expect(await kpi('revenue_net', '2024-06-01', '2024-06-03')).toEqual(['2024-06-01 KWD -345', ...gross])
  const shown = await up.ask<KpiPoint[]>(
    'kpi',
    'show',
    'revenue_gross',
    '--from',
    '2024-06-03',
    '--to',
    '2024-06-03',
  )
  expect(shown.map(({ dimensions, value }) => [dimensions.currency, value])).toEqual([
    ['EUR', 21.14],
    ['JPY', 4100],
    ['KWD', 13.35],
  ])
})

test('a box tells the same in whatever order its events come', async () => {
  const ordered = [
    { sku: 'oats', quantity: 4 },
    { sku: 'rye', quantity: 2 },
  ]
  const packed = [
    { sku: 'oats', quantity: 9 },
    { sku: 'rye', quantity: 1 },
  ]
  const steps: readonly ((boxId: string) => Event)[] = [
    (boxId) => event('box_created', '2024-07-01T08:00:00Z', { properties: { boxId, items: ordered } }),
    (boxId) => event('box_packed', '2024-07-02T08:00:00Z', { properties: { boxId, items: packed } }),
    (boxId) => event('box_shipped', '2024-07-03T08:00:00Z', { properties: { boxId, carrier: 'post' } }),
    (boxId) => event('box_delivered', '2024-07-04T08:00:00Z', { properties: { boxId } }),
  ]
  const orders = permutations(steps)
  for (const turn of steps.keys()) {
    await send(orders.flatMap((order, box) => order.slice(turn, turn + 1).map((step) => step(`box-${box}`))))
    await up.loaded()
  }
  await send([
    event('box_packed', '2024-07-02T08:00:00Z', { properties: { boxId: 'of-no-order', items: packed } }),
    event('box_created', '2024-07-05T08:00:00Z', { properties: { boxId: 'full', items: ordered } }),
    event('box_packed', '2024-07-05T09:00:00Z', { properties: { boxId: 'full', items: ordered } }),
    event('box_created', '2024-07-06T08:00:00Z', { properties: { boxId: 'skipped', items: ordered } }),
    event('box_skipped', '2024-07-06T09:00:00Z', { properties: { boxId: 'skipped', reason: 'holiday' } }),
  ])
  await up.loaded()
  expect(orders).toHaveLength(24)
  const [from, to] = ['2024-07-01', '2024-07-06']
  expect(await kpi('box_fill_ratio', from, to)).toEqual([`2024-07-02 ${24 * 5}/${24 * 6}`, '2024-07-05 6/6'])
  expect(await kpi('box_complete_ratio', from, to)).toEqual(['2024-07-02 0/24', '2024-07-05 1/1'])
})

test('a visitor who logs in is one person, also on the days before; two users become one by alias alone', async () => {
  const visit = (day: number, who: Event) => event('page_viewed', `2024-08-0${day}T10:00:00Z`, who)
  const [from, to] = ['2024-08-01', '2024-08-04']
  await send([
    visit(1, { anonymousId: 'device' }),
    visit(1, { userId: 'anna' }),
    visit(2, { anonymousId: 'device' }),
    visit(3, { userId: 'anna' }),
  ])
  await up.loaded()
  expect(await kpi('daily_active_users', from, to)).toEqual(['2024-08-01 2', '2024-08-02 1', '2024-08-03 1'])
  expect(await kpi('weekly_active_users', '2024-08-03')).toEqual(['2024-08-03 2'])
  await send([
    event('', '2024-08-03T11:00:00Z', {
      type: 'identify',
      event: undefined,
      anonymousId: 'device',
      userId: 'anna',
    }),
  ])
  // Links are made in the order of loading, and anna and ben lie in partitions of their own.
  await up.loaded()
  // The next one on that device is another person, and what anna did on it stays hers.
  await send([visit(4, { anonymousId: 'device', userId: 'ben' }), visit(4, { userId: 'anna' })])
  await up.loaded()
  const counted = ['2024-08-01 1', '2024-08-02 1', '2024-08-03 1']
  expect(await kpi('daily_active_users', from, to)).toEqual([...counted, '2024-08-04 2'])
  expect(await kpi('weekly_active_users', '2024-08-03')).toEqual(['2024-08-03 1'])
  const alias = event('', '2024-08-04T12:00:00Z', {
    type: 'alias',
    event: undefined,
    userId: 'anna',
    previousId: 'ben',
  })
  expect((await up.post(alias, { key: WEB })).answer.rejected).toMatchObject([
    { code: 'not_permitted', path: 'type' },
  ])
  await send([alias])
  await up.loaded()
  expect(await kpi('daily_active_users', from, to)).toEqual([...counted, '2024-08-04 1'])
})

test('satisfaction is the share of 4 and 5 among csat scores', async () => {
  const feedback = (kind: string, score: number) =>
    event('feedback_submitted', '2024-09-01T10:00:00Z', {
      userId: `voter-${score}`,
      properties: { kind, score },
    })
  await send([5, 4, 3, 1].map((score) => feedback('csat', score)))
  await send([feedback('nps', 10), feedback('review', 5)])
  await up.loaded()
  expect(await kpi('customer_satisfaction_ratio', '2024-09-01')).toEqual(['2024-09-01 2/4'])
})

test('order processing time runs from placing, else completing, to fulfilment; p50 and p95 within 2 %', async () => {
  const fulfilledMs = Date.parse('2024-09-03T10:00:00Z')
  const orders = Array.from({ length: 999 }, (_, index) => ({
    orderId: `p-${index}`,
    tookMs: (index + 1) * 10_000,
  }))
  const amount = { amountMinor: 100, currency: 'EUR' }
  const begun = orders.map(({ orderId, tookMs }, index) =>
    event(index % 2 === 0 ? 'order_placed' : 'order_completed', fulfilledMs - tookMs, {
      properties: { orderId, ...amount },
    }),
  )
  const fulfilled = orders.map(({ orderId }) =>
    event('order_fulfilled', fulfilledMs, { properties: { orderId } }),
  )
  await send([...fulfilled.slice(0, 500), ...begun, ...fulfilled.slice(500)])
  await up.loaded()
  const shown = await up.ask<KpiPoint[]>(
    'kpi',
    'show',
    'order_processing_seconds',
    '--from',
    '2024-09-03',
    '--to',
    '2024-09-03',
  )
  const byQuantile = Object.fromEntries(shown.map(({ dimensions, value }) => [dimensions.quantile, value]))
  expect(Math.abs(Number(byQuantile['0.5']) / 5000 - 1)).toBeLessThan(0.02)
  expect(Math.abs(Number(byQuantile['0.95']) / 9500 - 1)).toBeLessThan(0.02)
  // order_placed alone makes no order.
  expect(await kpi('orders', '2024-09-02', '2024-09-03')).toEqual(['2024-09-03 499'])
})

test('a session is a sessionId, or a browser without 30 minutes of silence; it counts on the day it starts', async () => {
  const view = (at: string, who: Event) => event('page_viewed', at, who)
  const browser = { key: WEB }
  await send(
    [
      view('2024-11-04T10:00:00Z', { anonymousId: 'v1' }),
      view('2024-11-04T10:20:00Z', { anonymousId: 'v1' }),
      view('2024-11-04T11:00:00Z', { anonymousId: 'v1' }),
      // 23:50 and 00:10 in Vienna.
      view('2024-11-04T22:50:00Z', { anonymousId: 'v2' }),
      view('2024-11-04T23:10:00Z', { anonymousId: 'v2' }),
    ],
    browser,
  )
  await send([
    view('2024-11-04T10:00:00Z', { userId: 'u', sessionId: 's1' }),
    view('2024-11-04T15:00:00Z', { userId: 'u', sessionId: 's1' }),
    view('2024-11-04T16:00:00Z', { userId: 'without a session' }),
    view('2024-11-06T08:00:00Z', { userId: 'u', sessionId: 'longer than a day' }),
    view('2024-11-07T09:00:00Z', { userId: 'u', sessionId: 'longer than a day' }),
  ])
  await up.loaded()
  const others = ['2024-11-06 1', '2024-11-07 1']
  expect(await kpi('sessions', '2024-11-04', '2024-11-07')).toEqual(['2024-11-04 4', ...others])
  await send([view('2024-11-04T10:40:00Z', { anonymousId: 'v1' })], browser)
  await up.loaded()
  expect(await kpi('sessions', '2024-11-04', '2024-11-07')).toEqual(['2024-11-04 3', ...others])
})

test('bots are kept apart; who said no to analytics is suppressed and counted nowhere', async () => {
  const view = (given: Event = {}) =>
    event('page_viewed', '2024-11-11T10:00:00Z', { anonymousId: 'somebody', ...given })
  const agent = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
  await send([view()], { key: WEB, headers: { 'User-Agent': agent } })
  const denied = { context: { consent: { categoryPreferences: { Analytics: false } } } }
  const refusals = await Promise.all([
    up.post({ batch: [view(), view()] }, { key: WEB, headers: { 'Sec-GPC': '1' } }),
    up.post({ batch: [view(denied), view(denied)] }, { key: WEB }),
  ])
  for (const { status, answer } of refusals) {
    expect({ status, ...answer }).toMatchObject({ status: 202, accepted: 0, suppressed: 2, rejected: [] })
  }
  await up.loaded()
  expect(await kpi('excluded_events', '2024-11-11')).toEqual(['2024-11-11 crawler 1'])
  for (const name of ['events', 'daily_active_users', 'sessions'])
    expect(await kpi(name, '2024-11-11')).toEqual([])
})

test("Segment's clients are understood: their batch, their short paths, and sendBeacon's text", async () => {
  const at = '2024-12-02T10:00:00.000Z'
  const basic = `Basic ${Buffer.from(`${SERVER}:`).toString('base64')}`
  const node = {
    batch: [
      {
        type: 'track',
        event: 'Signed Up',
        messageId: 'node-next-1',
        userId: 97_980_100,
        timestamp: at,
        properties: { channel: 'email' },
        integrations: {},
        _metadata: { nodeVersion: '20.20.2' },
        context: { library: { name: '@segment/analytics-node', version: '2.3.0' } },
      },
    ],
    writeKey: SERVER,
    sentAt: new Date().toISOString(),
  }
  const one = { anonymousId: 'ajs-1', timestamp: at, integrations: {}, writeKey: WEB }
  const track = { ...one, messageId: 'ajs-next-1', event: 'Signed In', properties: {}, type: 'track' }
  const page = {
    ...one,
    messageId: 'ajs-next-2',
    name: 'Home',
    properties: { path: '/', url: 'https://shop.example/' },
  }
  const beacon = {
    ...one,
    messageId: 'ajs-next-3',
    event: 'Product Viewed',
    properties: { product_id: 'p1', price: 9.99, currency: 'EUR' },
  }
  const noKey = { 'X-Write-Key': '' }
  const answers = [
    await up.post(node, { path: '/v1/batch', headers: { ...noKey, Authorization: basic } }),
    await up.post(track, { path: '/v1/t', headers: noKey }),
    await up.post(page, { path: '/v1/p', headers: noKey }),
    await up.post(JSON.stringify(beacon), {
      path: '/v1/t',
      headers: { ...noKey, 'Content-Type': 'text/plain;charset=UTF-8' },
    }),
  ]
  for (const { status, answer } of answers)
    expect({ status, ...answer }).toMatchObject({ status: 202, accepted: 1 })
  await up.loaded()
  expect(await kpi('sign_ups', '2024-12-02')).toEqual(['2024-12-02 email 1'])
  expect(await kpi('logins', '2024-12-02')).toEqual(['2024-12-02 1'])
  const types = ['page_viewed', 'product_viewed', 'user_logged_in', 'user_signed_up']
  expect(await kpi('events', '2024-12-02')).toEqual(types.map((type) => `2024-12-02 ${type} 1`))
  expect(await kpi('daily_active_users', '2024-12-02')).toEqual(['2024-12-02 2'])
})

test('what happens today is on every gauge within 3 s', { retry: 2 }, async () => {
  const now = Date.now()
  const today = (name: string, given: Event = {}) => event(name, now - 1000, given)
  const id = `today-${sent}`
  const amount = { orderId: id, amountMinor: 2550, currency: 'CHF' }
  const items = [{ sku: 'oats', quantity: 2 }]
  const { samples: before } = await up.gauges()
  await send([
    today('user_signed_up', { userId: id, properties: { channel: 'referral' } }),
    today('user_logged_in', { userId: id, sessionId: id }),
    event('order_placed', now - 61_000, { userId: id, properties: amount }),
    today('order_completed', { userId: id, properties: amount }),
    today('order_fulfilled', { properties: { orderId: id } }),
    today('order_refunded', { properties: { ...amount, refundId: id, amountMinor: 550 } }),
    event('box_created', now - 2000, { properties: { boxId: id, items } }),
    today('box_packed', { properties: { boxId: id, items } }),
    today('feedback_submitted', { userId: id, properties: { kind: 'csat', score: 5 } }),
    today('error_occurred', { userId: id, properties: { code: 'E1' } }),
    today('page_viewed', { userId: id, context: { userAgent: 'Googlebot/2.1' } }),
  ])
  const added: Readonly<Record<string, number>> = {
    'kpi_sign_ups{channel="referral",window="today"}': 1,
    'kpi_logins{window="today"}': 1,
    'kpi_events{type="page_viewed",window="today"}': 0,
    'kpi_events{type="order_completed",window="today"}': 1,
    'kpi_daily_active_users{window="today"}': 1,
    'kpi_weekly_active_users{window="today"}': 1,
    'kpi_monthly_active_users{window="today"}': 1,
    'kpi_orders{window="today"}': 1,
    'kpi_revenue_gross{currency="CHF",window="today"}': 25.5,
    'kpi_revenue_refunds{currency="CHF",window="today"}': 5.5,
    'kpi_revenue_net{currency="CHF",window="today"}': 20,
    'kpi_box_fill_ratio_numerator{window="today"}': 2,
    'kpi_customer_satisfaction_ratio_denominator{window="today"}': 1,
    'kpi_user_errors{window="today"}': 1,
    'kpi_sessions{window="today"}': 1,
    'kpi_excluded_events{reason="crawler",window="today"}': 1,
  }
  const changes = async () => {
    const { samples } = await up.gauges()
    const change = (series: string) => (samples.get(series) ?? 0) - (before.get(series) ?? 0)
    return Object.fromEntries(Object.keys(added).map((series) => [series, change(series)]))
  }
  await expect.poll(changes, { timeout: SEEN_MS, interval: 100 }).toEqual(added)
  const { samples } = await up.gauges()
  expect(samples.get('kpi_average_order_value{currency="CHF",window="today"}')).toBe(25.5)
  expect(samples.get('kpi_box_fill_ratio{window="today"}')).toBe(1)
  expect(samples.get('kpi_customer_satisfaction_ratio{window="today"}')).toBe(1)
  const tookSeconds = samples.get('kpi_order_processing_seconds{quantile="0.95",window="today"}') ?? 0
  expect(Math.abs(tookSeconds / 60 - 1)).toBeLessThan(0.02)
})

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  )
}
