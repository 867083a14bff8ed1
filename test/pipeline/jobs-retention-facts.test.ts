import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { applyKpis } from '@millrace/warehouse/apply-kpis'
import { createPool } from '@millrace/warehouse/database'
import { moveFirstDay, readFactsKept } from '@millrace/warehouse/facts-kept'
import { withFactsLocked } from '@millrace/warehouse/lock-facts'
import { deleteOldFacts } from '@millrace/warehouse/retention/delete-old-facts'
import type { Pool } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { createTestLoader, differences, seriesOf, type TestLoader } from '../support/loading.ts'
import { randomShop } from '../support/random-shop.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'
import { createTestDatabase } from '../support/test-database.ts'
import { whileOpen } from '../support/while-open.ts'

const DAY_MS = 86_400_000
/** Facts are deleted a little later than their events are refused. */
const MARGIN_DAYS = 2
const never = new AbortController().signal

interface Opened {
  /** Of the owner of the tables. */
  readonly pool: Pool
  /** Of the jobs. */
  readonly jobs: Pool
  readonly loader: TestLoader
}

async function open(): Promise<Opened> {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const jobs = createPool({ url: database.url, role: 'millrace_jobs', name: 'test' })
  onTestFinished(() => jobs.end())
  return { pool: database.pool, jobs, loader: createTestLoader(database.pool) }
}

function deleteBefore(jobs: Pool, before: string, signal = never) {
  return deleteOldFacts({ pool: jobs, before, timeZone: 'UTC', signal, progress: async () => {} })
}

const dayOf = (event: StampedEvent): string => event.timestamp.slice(0, 10)
const plusDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)

/** KPIs whose number for a kept day says nothing of what was deleted: sessions, boxes and orders may reach over the edge. */
const ALIKE = [
  ...['daily_active_users', 'weekly_active_users', 'monthly_active_users', 'sign_ups', 'logins', 'events'],
  ...['orders', 'revenue_gross', 'revenue_refunds', 'revenue_net', 'customer_satisfaction_ratio'],
  ...['user_errors', 'excluded_events'],
]

test.each([1, 2, 3])(
  'retention in the middle of a random shop (%i) changes no total, and what comes later counts as if nothing was gone',
  async (seed) => {
    const random = createSeededRandom(seed)
    const shop = randomShop(seed)
    const days = shop.map(dayOf).sort()
    const firstDay = days[Math.floor(days.length * (0.3 + 0.1 * seed))] ?? ''
    const isLate = shop.map(() => random.chance(0.3))
    const early = shop.filter((_, index) => !isLate[index])
    const late = shop.filter((_, index) => isLate[index])
    const [retained, whole] = [await open(), await open()]
    for (const { loader } of [retained, whole]) await loader.load(early)

    const before = await totalsOf(retained.pool)
    await moveFirstDay(retained.jobs, firstDay)
    const deleted = await deleteBefore(retained.jobs, plusDays(firstDay, -MARGIN_DAYS))
    expect(deleted.fact_event).toBeGreaterThan(100)
    expect(await totalsOf(retained.pool)).toEqual(before)
    expect(await differences(retained.pool)).toEqual([])

    const frozen = (lines: string[]): string[] => lines.filter((line) => line.slice(0, 10) < firstDay)
    const once = frozen(await seriesOf(retained.pool, 'monthly_active_users'))
    await inBatches(retained.loader, late)
    // What is too old links no people either.
    await inBatches(
      whole.loader,
      late.filter((event) => dayOf(event) >= firstDay),
    )
    expect(await differences(retained.pool)).toEqual([])
    // Later links move people on days that have lost their neighbours.
    expect(frozen(await seriesOf(retained.pool, 'monthly_active_users'))).toEqual(once)
    const kept = (lines: string[]): string[] => lines.filter((line) => line.slice(0, 10) >= firstDay)
    for (const name of ALIKE) {
      const found = kept(await seriesOf(retained.pool, name))
      expect(found, name).toEqual(kept(await seriesOf(whole.pool, name)))
    }
    const tooOld = late.filter((event) => dayOf(event) < firstDay && event.type !== 'group').length
    const { rows } = await retained.pool.query(
      'select code, path, count(*)::int from pipeline.quarantine group by 1, 2',
    )
    expect(rows).toEqual([{ code: 'timestamp_out_of_range', path: 'timestamp', count: tooOld }])
  },
  60_000,
)

test('whole months are dropped, older days of the first kept month deleted, with the claims of their ids', async () => {
  const { pool, jobs, loader } = await open()
  const days = ['2026-08-31', '2026-09-30', '2026-10-31', '2026-11-09', '2026-11-10', '2026-11-11']
  const events = days.map((day) =>
    stampedEvent({ messageId: day, timestamp: `${day}T12:00:00.000Z`, anonymousPerson: personOf(day) }),
  )
  await loader.load(events)
  await moveFirstDay(jobs, '2026-11-12')
  const deleted = await deleteBefore(jobs, '2026-11-10')
  expect(deleted).toMatchObject({ fact_event: 4, fact_session: 4, fact_person_day: 2 })
  const left = await pool.query<{ day: string; claims: number }>(
    `select business_date::text as day, (select count(*)::int from pipeline.event_seen) as claims
     from warehouse.fact_event order by 1`,
  )
  expect(left.rows).toEqual([
    { day: '2026-11-10', claims: 2 },
    { day: '2026-11-11', claims: 2 },
  ])
  const months = await pool.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'warehouse.fact_event'::regclass`,
  )
  expect(months.rows).toEqual([{ name: 'warehouse.fact_event_2026_11' }])
  expect(await seriesOf(pool, 'daily_active_users')).toHaveLength(6)
})

test('an order, a box and a long visit go when nothing of them is of a kept day, with their lines and items', async () => {
  const { pool, jobs, loader } = await open()
  const step = (event: string, id: string, at: string, properties: object = {}) =>
    stampedEvent({
      ...{ messageId: `${event} ${id} ${at}`, event, source: 'server', keyKind: 'secret' },
      timestamp: `2026-${at}T12:00:00.000Z`,
      properties: { orderId: id, boxId: id, ...properties },
    })
  const paid = { amountMinor: 5, currency: 'EUR', lines: [{ sku: 'a', quantity: 1, amountMinor: 5 }] }
  const items = { items: [{ sku: 'a', quantity: 2 }] }
  const visit = (id: string, at: string) =>
    stampedEvent({ messageId: `${id} ${at}`, sessionId: id, timestamp: `2026-${at}T12:00:00.000Z` })
  await loader.load([
    ...[step('order_completed', 'gone', '10-01', paid), step('order_placed', 'placed', '10-01')],
    ...[
      step('order_completed', 'fulfilled-later', '10-01', paid),
      step('order_fulfilled', 'fulfilled-later', '10-20'),
    ],
    ...[step('box_created', 'gone', '10-01', items), step('box_packed', 'gone', '10-02', items)],
    ...[step('box_created', 'shipped-later', '10-01', items), step('box_shipped', 'shipped-later', '10-20')],
    ...[visit('gone', '10-01'), visit('goes-on', '10-01'), visit('goes-on', '10-20')],
  ])
  await moveFirstDay(jobs, '2026-10-12')
  const deleted = await deleteBefore(jobs, '2026-10-10')
  expect(deleted).toMatchObject({ fact_order: 2, fact_box: 1, fact_session: 1 })
  const keys = async (sql: string): Promise<unknown[]> =>
    (await pool.query(sql)).rows.map((row) => Object.values(row)[0])
  expect(await keys('select order_id from warehouse.fact_order')).toEqual(['fulfilled-later'])
  expect(await keys('select order_id from warehouse.fact_order_line')).toEqual(['fulfilled-later'])
  expect(await keys('select box_id from warehouse.fact_box')).toEqual(['shipped-later'])
  expect(await keys('select box_id from warehouse.fact_box_item')).toEqual(['shipped-later'])
  expect(await keys('select distinct session_key from warehouse.fact_session')).toEqual(['goes-on'])
  expect(await seriesOf(pool, 'orders')).toEqual(['2026-10-01 2'])
  expect(await differences(pool)).toEqual([])
})

test('a retention that is ended in the middle goes on at the next time', async () => {
  const { pool, jobs, loader } = await open()
  await loader.load(randomShop(5))
  const before = await totalsOf(pool)
  await moveFirstDay(jobs, '2025-11-01')
  const ending = new AbortController()
  const begun: string[] = []
  const half = deleteOldFacts({
    pool: jobs,
    before: '2025-10-30',
    timeZone: 'UTC',
    signal: ending.signal,
    async progress(table) {
      if (begun.push(table) === 6) ending.abort(new Error('enough'))
    },
  })
  await expect(half).rejects.toThrow('enough')
  expect((await deleteBefore(jobs, '2025-10-30')).fact_event).toBeGreaterThan(100)
  expect(await totalsOf(pool)).toEqual(before)
  expect(await differences(pool)).toEqual([])
})

test('the first kept day moves forward only, and not while a load is under way', async () => {
  const { pool, jobs } = await open()
  expect(await readFactsKept(jobs)).toEqual({ firstDay: '', deletedBefore: '' })
  await moveFirstDay(jobs, '2026-11-10')
  await moveFirstDay(jobs, '2026-11-09')
  expect((await readFactsKept(jobs)).firstDay).toBe('2026-11-10')
  const load = await pool.connect()
  await load.query('begin')
  await load.query(`select pg_advisory_xact_lock_shared(hashtextextended('millrace.facts_kept', 0))`)
  await moveFirstDay(jobs, '2026-11-10')
  let moved = false
  const moving = moveFirstDay(jobs, '2026-11-11').then(() => {
    moved = true
  })
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(moved).toBe(false)
  await load.query('commit')
  load.release()
  await moving
  expect((await readFactsKept(jobs)).firstDay).toBe('2026-11-11')
})

test('the first kept day stays while a KPI is filled from the facts, or waits for it since a migrate was killed', async () => {
  const { pool, jobs, loader } = await open()
  await loader.load([stampedEvent({ messageId: 'old', timestamp: '2026-10-01T12:00:00.000Z' })])
  const counted = await seriesOf(pool, 'events')
  await withFactsLocked(pool, async () => {
    await expect(moveFirstDay(jobs, '2026-11-10')).rejects.toMatchObject({ code: '55P03' })
  })
  // As a migrate leaves it that dies before it has filled a KPI whose definition changed.
  await pool.query(
    `update pipeline.kpi_definition set hash = 'another', filled_at = null where kpi = 'events'`,
  )
  await pool.query(`delete from warehouse.kpi_total where kpi = 'events'`)
  expect(await moveFirstDay(jobs, '2026-11-10')).toBe('events')
  expect(await readFactsKept(jobs)).toMatchObject({ firstDay: '' })
  expect(await applyKpis(pool, await loadKpis())).toMatchObject({ filled: ['events'] })
  expect(await seriesOf(pool, 'events')).toEqual(counted)
  expect(await moveFirstDay(jobs, '2026-11-10')).toBeUndefined()
  expect(await readFactsKept(jobs)).toMatchObject({ firstDay: '2026-11-10' })
})

test('a month is dropped as soon as nobody reads the events, and loads do not wait for that', async () => {
  const { pool, jobs, loader } = await open()
  const view = (day: string) => stampedEvent({ messageId: day, timestamp: `${day}T12:00:00.000Z` })
  await loader.load([view('2026-09-30'), view('2026-11-20')])
  await moveFirstDay(jobs, '2026-11-12')
  let dropped = false
  const dropping = await whileOpen(pool, 'select from warehouse.fact_event', async () => {
    const dropping = deleteBefore(jobs, '2026-11-10').then(() => {
      dropped = true
    })
    const begun = performance.now()
    for (let n = 13; n < 18; n++) await loader.load([view(`2026-11-${n}`)])
    expect(performance.now() - begun).toBeLessThan(10_000)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    return { dropping }
  })
  expect(dropped).toBe(false)
  await dropping.dropping
  expect(await seriesOf(pool, 'events')).toHaveLength(7)
})

test('a month of which a day is kept is never dropped', async () => {
  const { jobs } = await open()
  await moveFirstDay(jobs, '2026-11-30')
  await expect(jobs.query(`select pipeline.drop_event_partition('2026-11-01')`)).rejects.toMatchObject({
    code: '55000',
  })
})

async function inBatches(loader: TestLoader, events: readonly StampedEvent[]): Promise<void> {
  for (let from = 0; from < events.length; from += 100) await loader.load(events.slice(from, from + 100))
}

/** Every total, whatever shard it stands in. */
async function totalsOf(pool: Pool): Promise<unknown[]> {
  const { rows } = await pool.query(
    `select kpi, business_date::text, hour::text, dimensions::text, bucket, sum(entries)::text, sum(numerator)::text,
       sum(denominator)::text
     from warehouse.kpi_total group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`,
  )
  return rows
}
