import { runCli } from '@millrace/cli/run-cli'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { isDerived } from '@millrace/kpis/kpi'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { applyKpis, isApplied } from '@millrace/warehouse/apply-kpis'
import type { Pool } from 'pg'
import { expect, test } from 'vitest'
import { differences } from '../support/loading.ts'
import { openPipeline, type Pipeline } from '../support/open-pipeline.ts'
import { askReplay, differingDays, differingTotals } from '../support/replay-report.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'

const SERVER = { source: 'server', keyKind: 'secret' } as const
const ANN = { userPerson: personOf('ann') }
let count = 0

function at(time: string, event: string, given: Partial<StampedEvent> = {}): StampedEvent {
  const timestamp = `2026-${time}:00.000Z`
  return stampedEvent({ messageId: `m${count++}`, event, timestamp, ...given })
}

const order = (time: string, orderId: string, step = 'order_completed', properties: object = {}) =>
  at(time, step, {
    ...SERVER,
    ...ANN,
    properties: {
      ...{
        orderId,
        amountMinor: 1000,
        currency: 'EUR',
        lines: [{ sku: 'tea', quantity: 1, amountMinor: 1000 }],
      },
      ...properties,
    },
  })

const box = (time: string, boxId: string, step: string, properties: object = {}) =>
  at(time, `box_${step}`, { ...SERVER, properties: { boxId, ...properties } })

/** Something of every kind on two days in March; the same every time. */
function traffic(): StampedEvent[] {
  count = 0
  const items = [{ sku: 'tea', quantity: 2 }]
  return ['03-10T', '03-11T'].flatMap((day) => [
    at(`${day}08:00`, 'page_viewed', { anonymousPerson: personOf(`visitor ${day}`) }),
    at(`${day}08:10`, 'user_logged_in', { anonymousPerson: personOf(`visitor ${day}`), ...ANN }),
    at(`${day}09:00`, 'user_signed_up', {
      userPerson: personOf(`bob ${day}`),
      properties: { channel: 'paid' },
    }),
    order(`${day}10:00`, `o1 ${day}`),
    order(`${day}11:00`, `o2 ${day}`, 'order_placed'),
    order(`${day}11:01`, `o2 ${day}`),
    order(`${day}12:00`, `o2 ${day}`, 'order_fulfilled'),
    at(`${day}13:00`, 'order_refunded', {
      ...SERVER,
      properties: { refundId: `r ${day}`, orderId: `o1 ${day}`, amountMinor: 400, currency: 'EUR' },
    }),
    box(`${day}06:00`, `b ${day}`, 'created', { items }),
    box(`${day}07:00`, `b ${day}`, 'packed', { items }),
    at(`${day}14:00`, 'feedback_submitted', { ...ANN, properties: { kind: 'csat', score: 5 } }),
    at(`${day}15:00`, 'error_occurred', { ...ANN, properties: { code: 'timeout' } }),
  ])
}

async function openShop(): Promise<Pipeline> {
  const shop = await openPipeline()
  await shop.publish(traffic())
  await shop.settled()
  return shop
}

const MARCH = ['--from', '2026-03-01', '--to', '2026-03-31']

/** Every row of what analysts see, but for when it was written. */
async function snapshot(pool: Pool): Promise<unknown> {
  const { rows } = await pool.query(
    `select table_name as name from information_schema.tables
     where table_schema = 'warehouse' and table_type = 'BASE TABLE' and table_name ~ '^(fact|kpi_total|dim_person)'
       and table_name !~ '^fact_event_' order by 1`,
  )
  const tables: Record<string, unknown> = {}
  for (const { name } of rows) tables[name] = (await pool.query(contentOf(name))).rows
  return tables
}

function contentOf(table: string): string {
  return table === 'kpi_total'
    ? `select kpi, business_date, dimensions, bucket, sum(entries) as entries, sum(numerator) as numerator
       from warehouse.kpi_total group by 1, 2, 3, 4 having sum(entries) <> 0 order by 1, 2, 3, 4`
    : `select to_jsonb(f) - 'linked_at' - 'created_at' as row from warehouse.${table} f order by 1`
}

const positions = async (pool: Pool): Promise<unknown> =>
  (await pool.query('select topic, partition, next_offset from pipeline.load_position order by 1, 2')).rows

test('a month that nobody touched is what the archive says', async () => {
  const shop = await openShop()
  const { code, answer } = await askReplay(shop, '--month', '2026-03')
  expect(answer).toMatchObject({
    window: { from: '2026-03-01', to: '2026-03-31' },
    identical: true,
    kpis: [],
    definitions: [],
    links: 0,
    records: { loaded: 24, duplicate: 0, erased: 0 },
  })
  expect(answer.tables.map(({ table, live, replayed }) => `${table} ${live} ${replayed}`)).toEqual(
    expect.arrayContaining(['fact_event 24 24', 'fact_order 4 4', 'fact_box_item 2 2', 'fact_session 8 8']),
  )
  expect(code).toBe(0)
}, 60_000)

test('rows that were deleted, changed, moved or made up are told by table, day and KPI, and put right', async () => {
  const shop = await openShop()
  const { pool } = shop
  const [truth, loaded] = [await snapshot(pool), await positions(pool)]
  await pool.query(`delete from warehouse.fact_order where order_id = 'o1 03-10T'`)
  await pool.query(`update warehouse.fact_order set amount_minor = 7 where order_id = 'o1 03-11T'`)
  await pool.query(
    `update warehouse.fact_sign_up set business_date = '2026-03-12' where business_date = '2026-03-10'`,
  )
  await pool.query(
    `delete from warehouse.fact_event where event = 'error_occurred' and business_date = '2026-03-11'`,
  )
  await pool.query(
    `delete from pipeline.event_seen where event_id not in (select event_id from warehouse.fact_event)`,
  )
  await pool.query(
    `delete from warehouse.fact_person_day where person_id = $1 and business_date = '2026-03-10'`,
    [ANN.userPerson],
  )
  await pool.query(
    `insert into warehouse.fact_login (event_id, business_date, occurred_at, source, country)
     values (gen_random_uuid(), '2026-03-20', '2026-03-20 12:00Z', 'web', 'ZZ')`,
  )
  await pool.query(`delete from warehouse.fact_box`)
  expect(await differences(pool)).toEqual([])

  const { code, answer } = await askReplay(shop, ...MARCH, '--swap', '--yes')
  expect(differingDays(answer)).toEqual([
    'fact_box 2026-03-10 0/1',
    'fact_box 2026-03-11 0/1',
    'fact_box_item 2026-03-10 0/1',
    'fact_box_item 2026-03-11 0/1',
    'fact_event 2026-03-11 11/12',
    'fact_login 2026-03-20 1/0',
    'fact_order 2026-03-10 1/2',
    'fact_order 2026-03-11 2/2',
    'fact_person_day 2026-03-10 1/2',
    'fact_sign_up 2026-03-10 0/1',
    'fact_sign_up 2026-03-12 1/0',
  ])
  expect(differingTotals(answer)).toEqual(
    expect.arrayContaining([
      'daily_active_users 2026-03-10',
      'monthly_active_users 2026-03-10',
      'logins 2026-03-20',
      'orders 2026-03-10',
      'revenue_gross 2026-03-10 EUR',
      'revenue_gross 2026-03-11 EUR',
      'sign_ups 2026-03-12 paid',
      'box_fill_ratio 2026-03-11',
    ]),
  )
  expect(answer.identical).toBe(false)
  expect(answer.swapped?.after).toMatchObject({ identical: true, kpis: [], links: 0 })
  expect(answer.swapped?.lockSeconds).toBeGreaterThan(0)
  expect(code).toBe(0)
  expect(await snapshot(pool)).toEqual(truth)
  expect(await positions(pool)).toEqual(loaded)
  expect(await differences(pool)).toEqual([])
  const { rows } = await pool.query(
    `select business_date::text as day, cause, entries::int, numerator::int from warehouse.kpi_restatement
     where kpi = 'revenue_gross' order by 1`,
  )
  expect(rows).toEqual([
    { day: '2026-03-10', cause: 'fix', entries: 1, numerator: 1000 },
    { day: '2026-03-11', cause: 'fix', entries: 0, numerator: 993 },
  ])
}, 60_000)

test('what differs is told in tables; exit 1, and 2 for what cannot be', async () => {
  const shop = await openShop()
  await shop.pool.query(`delete from warehouse.fact_login where business_date = '2026-03-10'`)
  const said = async (...args: string[]): Promise<[number, string[]]> => {
    const lines: string[] = []
    let code = 0
    await runCli(['replay', ...args], {
      env: { DATABASE_URL: shop.databaseUrl, DATA_DIR: shop.dataDir },
      out: (line) => lines.push(line.replaceAll(/ +/g, ' ')),
      note: (line) => lines.push(line),
      exitWith: (given) => {
        code = given
      },
      now: () => new Date(),
    })
    return [code, lines]
  }
  const [code, lines] = await said(...MARCH)
  expect(code).toBe(1)
  expect(lines).toEqual([
    'table day rows live replayed',
    'fact_login 2026-03-10 0 1',
    '',
    'KPI day dimensions live replayed',
    'logins 2026-03-10 0/0/0 1/0/0',
    '',
    '2026-03-01 to 2026-03-31: DIFFERENT: 1 (table, day), 1 (KPI, day, dimensions)',
    expect.stringMatching(
      /^24 events replayed in [\d.]+ s \(\d+\/s\), 0 duplicate, 0 ignored, 0 quarantined, 0 erased/,
    ),
  ])
  const [swapped, after] = await said(...MARCH, '--swap', '--yes')
  expect([swapped, after.at(-1)]).toEqual([0, 'swapped: identical now'])
  const [same, identical] = await said(...MARCH)
  expect([same, identical[0]]).toEqual([
    0,
    expect.stringMatching(/^2026-03-01 to 2026-03-31: identical, \d+ rows of 15 tables and every total$/),
  ])
  expect(await said(...MARCH, '--swap')).toEqual([2, [expect.stringContaining('give --yes')]])
  expect(await said('--month', '2026-13')).toEqual([2, expect.anything()])
  expect(await said()).toEqual([2, [expect.stringContaining('expected one of --month')]])
}, 60_000)

test('loading goes on after a swap, and what was put back does not count again', async () => {
  const shop = await openShop()
  const onTheDay = `select event_id from warehouse.fact_event where business_date = '2026-03-11'`
  await shop.pool.query(`delete from pipeline.event_seen where event_id in (${onTheDay})`)
  await shop.pool.query(`delete from warehouse.fact_event where business_date = '2026-03-11'`)
  await askReplay(shop, ...MARCH, '--swap', '--yes')
  await shop.publish([...traffic(), at('03-11T16:00', 'user_logged_in', ANN)])
  await shop.settled()
  const { rows } = await shop.pool.query(
    `select count(*)::int as events, count(distinct event_id)::int as ids from warehouse.fact_event
     where business_date = '2026-03-11'`,
  )
  expect(rows).toEqual([{ events: 13, ids: 13 }])
}, 60_000)

test('a total that is not what its facts add up to is told and put right without holding anybody up', async () => {
  const shop = await openShop()
  const { pool } = shop
  const truth = await snapshot(pool)
  await pool.query(
    `update warehouse.kpi_total set numerator = numerator + 5 where kpi = 'revenue_gross' and business_date = '2026-03-10'`,
  )
  await pool.query(
    `delete from warehouse.kpi_total where kpi = 'order_processing_seconds' and business_date = '2026-03-11'`,
  )
  const { answer } = await askReplay(shop, ...MARCH, '--swap', '--yes')
  expect(differingDays(answer)).toEqual([])
  expect(differingTotals(answer)).toEqual([
    'order_processing_seconds 2026-03-11',
    'revenue_gross 2026-03-10 EUR',
  ])
  expect(answer.kpis[1]).toMatchObject({ live: ['2', '2010', '0'], replayed: ['2', '2000', '0'] })
  expect(answer.swapped).toMatchObject({ lockSeconds: 0, tables: [], totals: 3, after: { identical: true } })
  expect(await differences(pool)).toEqual([])
  expect(await snapshot(pool)).toEqual(truth)
}, 60_000)

test('a link that got lost is found by the events that made it, and the days move back', async () => {
  const shop = await openShop()
  const { pool } = shop
  const truth = await snapshot(pool)
  const visitor = personOf('visitor 03-10T')
  await pool.query('update warehouse.dim_person set canonical_id = person_id where person_id = $1', [visitor])
  await pool.query(`insert into warehouse.fact_person_day values ($1, '2026-03-10')`, [visitor])
  const { answer } = await askReplay(shop, ...MARCH, '--swap', '--yes')
  expect(answer).toMatchObject({ links: 1, swapped: { after: { identical: true } } })
  expect(differingDays(answer)).toEqual(['fact_person_day 2026-03-10 3/2'])
  expect(await snapshot(pool)).toEqual(truth)
  expect(await differences(pool)).toEqual([])
}, 60_000)

test('a KPI that is defined in another way now shows the difference, and the swap puts it into force', async () => {
  const shop = await openShop()
  const kpis = await loadKpis()
  // In force is what was defined before: it counted half of it.
  const before = kpis.map((kpi) =>
    kpi.name === 'orders' && !isDerived(kpi) ? { ...kpi, where: `order_id like 'o1%'` } : kpi,
  )
  await applyKpis(shop.pool, before)
  const { code, answer } = await askReplay(shop, ...MARCH)
  expect(code).toBe(1)
  expect(answer).toMatchObject({ identical: false, definitions: ['orders'] })
  expect(differingDays(answer)).toEqual([])
  expect(answer.kpis).toEqual(
    ['2026-03-10', '2026-03-11'].map((date) => ({
      ...{ kpi: 'orders', date, dimensions: {} },
      ...{ live: ['1', '0', '0'], replayed: ['2', '0', '0'] },
    })),
  )
  const { answer: swapped } = await askReplay(shop, ...MARCH, '--swap', '--yes')
  expect(swapped.swapped).toMatchObject({ definitions: ['orders'], after: { identical: true } })
  expect(await isApplied(shop.pool, kpis)).toBe(true)
  expect(await differences(shop.pool)).toEqual([])
}, 60_000)

test('hours of receiving and offsets are replayed as the days that they touch', async () => {
  const shop = await openShop()
  const hours = await askReplay(shop, '--from-hour', '2026-03-11T09', '--to-hour', '2026-03-11T10')
  expect(hours.answer).toMatchObject({ window: { from: '2026-03-11', to: '2026-03-11' }, identical: true })
  const offsets = await askReplay(shop, '--partition', '0', '--from-offset', '0', '--to-offset', '0')
  expect(offsets.answer.window.from).toBe(offsets.answer.window.to)
  await expect(askReplay(shop, '--from-hour', '2027-03-11T09', '--to-hour', '2027-03-11T10')).rejects.toThrow(
    'The archive holds no events',
  )
}, 60_000)
