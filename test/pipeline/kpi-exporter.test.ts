import {
  createKpiExporter,
  type KpiExporter,
  type KpiExporterDeps,
} from '@millrace/kpi-exporter/create-kpi-exporter'
import type { Kpi } from '@millrace/kpis/kpi'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { createLogger } from '@millrace/runtime/logger'
import { serve } from '@millrace/runtime/serve'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { expect, onTestFinished, test } from 'vitest'
import { insertFact } from '../support/insert-facts.ts'
import { onServer } from '../support/on-server.ts'
import { type Scraped, scrape } from '../support/scrape.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

interface Running {
  readonly database: TestDatabase
  readonly exporter: KpiExporter
  readonly url: string
  clock: Date
  /** Computes again, then scrapes. */
  fresh(): Promise<Scraped>
}

async function start(
  now: string,
  given: Partial<KpiExporterDeps> & { inZone?: string } = {},
): Promise<Running> {
  const { inZone = 'UTC', ...deps } = given
  const database = await createTestDatabase(inZone)
  onTestFinished(() => database.drop())
  const state = { clock: new Date(now) }
  const exporter = await createKpiExporter({
    databaseUrl: database.url,
    kpis: await loadKpis(),
    now: () => state.clock,
    timeZone: inZone,
    refreshSeconds: 60,
    logger: createLogger({ service: 'test', level: 'silent' }),
    registry: createServiceMetrics(),
    ...deps,
  })
  const server = await serve(exporter.app, { port: 0, host: '127.0.0.1' })
  onTestFinished(async () => {
    await server.close()
    await exporter.close()
  })
  return Object.assign(state, {
    database,
    exporter,
    url: server.url,
    async fresh() {
      await exporter.refreshed()
      return scrape(`${server.url}/metrics`)
    },
  })
}

test('a count has all windows from the start, 0 without data, and follows the facts', async () => {
  const running = await start('2026-11-20T12:34:00Z')
  expect((await running.fresh()).of('kpi_orders')).toEqual([
    'window="today" 0',
    'window="yesterday" 0',
    'window="last_24h" 0',
    'window="last_7d" 0',
  ])
  const at = (moment: string) => insertFact(running.database.pool, 'fact_order', moment)
  await at('2026-11-20T12:33:00Z')
  await at('2026-11-20T00:00:00Z')
  await at('2026-11-19T23:59:59Z')
  await at('2026-11-19T12:40:00Z')
  await at('2026-11-14T00:00:00Z')
  await at('2026-11-13T23:59:59Z')
  // On a busy machine the days before today are read less often.
  await expect
    .poll(async () => (await running.fresh()).of('kpi_orders'), { timeout: 20_000 })
    .toEqual(['window="today" 2', 'window="yesterday" 2', 'window="last_24h" 3', 'window="last_7d" 5'])
})

test('today is the day of the business: in Vienna it ends at 23:00 UTC', async () => {
  const running = await start('2026-11-20T22:59:59Z', { inZone: 'Europe/Vienna' })
  await insertFact(running.database.pool, 'fact_order', '2026-11-20T22:30:00Z')
  await insertFact(running.database.pool, 'fact_order', '2026-11-19T23:10:00Z', { day: '2026-11-20' })
  expect((await running.fresh()).of('kpi_orders').slice(0, 2)).toEqual([
    'window="today" 2',
    'window="yesterday" 0',
  ])
  running.clock = new Date('2026-11-20T23:00:00Z')
  expect((await running.fresh()).of('kpi_orders')).toEqual([
    'window="today" 0',
    'window="yesterday" 2',
    'window="last_24h" 1',
    'window="last_7d" 2',
  ])
})

test('money is shown in major units by currency, and one seen this week is 0 today', async () => {
  const running = await start('2026-11-20T12:00:00Z')
  const order = (at: string, currency: string, amount_minor: number) =>
    insertFact(running.database.pool, 'fact_order', at, { currency, amount_minor })
  await order('2026-11-20T10:00:00Z', 'EUR', 1299)
  await order('2026-11-20T11:00:00Z', 'EUR', 1)
  await order('2026-11-20T10:00:00Z', 'JPY', 1500)
  await order('2026-11-19T09:00:00Z', 'KWD', 1234)
  await insertFact(running.database.pool, 'fact_refund', '2026-11-20T10:30:00Z', { amount_minor: 2000 })
  const page = await running.fresh()
  const today = (name: string) => page.of(name).filter((line) => line.includes('window="today"'))
  expect(today('kpi_revenue_gross')).toEqual([
    'currency="EUR",window="today" 13',
    'currency="JPY",window="today" 1500',
    'currency="KWD",window="today" 0',
  ])
  expect(today('kpi_revenue_net')).toEqual([
    'currency="EUR",window="today" -7',
    'currency="JPY",window="today" 1500',
    'currency="KWD",window="today" 0',
  ])
  expect(page.samples.get('kpi_revenue_gross{currency="KWD",window="yesterday"}')).toBe(1.234)
  expect(today('kpi_average_order_value')).toEqual([
    'currency="EUR",window="today" 6.5',
    'currency="JPY",window="today" 1500',
  ])
  expect(today('kpi_average_order_value_denominator')).toEqual([
    'currency="EUR",window="today" 2',
    'currency="JPY",window="today" 1',
    'currency="KWD",window="today" 0',
  ])
})

test('values that a dimension does not declare are added up as other; declared ones are 0', async () => {
  const running = await start('2026-11-20T12:00:00Z')
  for (const channel of ['direct', 'podcast', 'a "quoted"\nname', 'podcast'])
    await insertFact(running.database.pool, 'fact_sign_up', '2026-11-20T10:00:00Z', { channel })
  for (const event of ['page_viewed', 'quiz_finished'])
    await insertFact(running.database.pool, 'fact_event', '2026-11-20T10:00:00Z', { event })
  const page = await running.fresh()
  expect(page.of('kpi_sign_ups').slice(0, 10)).toEqual([
    'channel="affiliate",window="today" 0',
    'channel="app",window="today" 0',
    'channel="direct",window="today" 1',
    'channel="email",window="today" 0',
    'channel="organic",window="today" 0',
    'channel="other",window="today" 3',
    'channel="paid",window="today" 0',
    'channel="referral",window="today" 0',
    'channel="social",window="today" 0',
    'channel="unknown",window="today" 0',
  ])
  expect(page.samples.get('kpi_events{type="other",window="today"}')).toBe(1)
  expect(page.samples.get('kpi_events{type="page_viewed",window="today"}')).toBe(1)
})

test('a ratio is the quotient of its sums, and without a denominator only its parts are shown, as 0', async () => {
  const running = await start('2026-11-20T12:00:00Z')
  expect((await running.fresh()).of('kpi_customer_satisfaction_ratio')).toEqual([])
  for (const score of [5, 4, 3, 1, 1])
    await insertFact(running.database.pool, 'fact_feedback', '2026-11-19T10:00:00Z', { score })
  const page = await running.fresh()
  expect(page.of('kpi_customer_satisfaction_ratio')).toEqual([
    'window="yesterday" 0.4',
    'window="last_7d" 0.4',
  ])
  expect(page.of('kpi_customer_satisfaction_ratio_numerator').slice(0, 2)).toEqual([
    'window="today" 0',
    'window="yesterday" 2',
  ])
  expect(page.of('kpi_customer_satisfaction_ratio_denominator').slice(0, 2)).toEqual([
    'window="today" 0',
    'window="yesterday" 5',
  ])
  expect(page.text).not.toContain('NaN')
})

test('a percentile has its quantiles where there is data and nothing elsewhere', async () => {
  const running = await start('2026-11-20T12:00:00Z')
  for (let minutes = 1; minutes <= 100; minutes += 1) {
    const ended = new Date(Date.parse('2026-11-20T08:00:00Z') + minutes * 60_000).toISOString()
    await insertFact(running.database.pool, 'fact_session', '2026-11-20T08:00:00Z', { ended_at: ended })
  }
  const page = await running.fresh()
  const p50 = page.samples.get('kpi_session_duration_seconds{quantile="0.5",window="today"}') ?? 0
  const p95 = page.samples.get('kpi_session_duration_seconds{quantile="0.95",window="last_7d"}') ?? 0
  expect(Math.abs(p50 - 3000) / 3000).toBeLessThan(0.02)
  expect(Math.abs(p95 - 5700) / 5700).toBeLessThan(0.02)
  expect(page.text).not.toMatch(/kpi_session_duration_seconds\{[^}]*yesterday/)
})

test('people are counted by day and never added up over days', async () => {
  const running = await start('2026-11-20T12:00:00Z')
  const person_id = '6f1c1c55-9a6b-4c0e-9f0a-000000000001'
  await insertFact(running.database.pool, 'fact_person_day', '2026-11-19', { person_id })
  await insertFact(running.database.pool, 'fact_person_day', '2026-11-20', { person_id })
  await insertFact(running.database.pool, 'fact_person_day', '2026-11-15')
  const page = await running.fresh()
  expect(page.of('kpi_daily_active_users')).toEqual(['window="today" 1', 'window="yesterday" 1'])
  expect(page.of('kpi_weekly_active_users')).toEqual(['window="today" 2', 'window="yesterday" 2'])
})

test('the watermark is the least of the partitions, 0 while one of them is unknown', async () => {
  const running = await start('2026-11-20T12:00:00Z')
  const position = (partition: number, until: string) =>
    running.database.pool.query(
      `insert into pipeline.load_position (topic, partition, next_offset, complete_until)
       values ('events.v1', $1, 0, $2) on conflict (topic, partition) do update set complete_until = $2`,
      [partition, until],
    )
  const watermark = async () =>
    (await running.fresh()).samples.get('kpi_watermark_timestamp_seconds{kpi="orders"}')
  expect(await watermark()).toBe(0)
  await position(0, '2026-11-20T11:59:59.500Z')
  await position(1, '-infinity')
  expect(await watermark()).toBe(0)
  await position(1, '2026-11-20T11:58:00Z')
  expect(await watermark()).toBe(Date.parse('2026-11-20T11:58:00Z') / 1000)
})

test('a KPI that cannot be computed, or is not filled yet, does not take the others along', async () => {
  const broken = {
    ...{
      name: 'broken',
      title: 'B',
      help: 'B.',
      unit: 'seconds',
      owner: 'o',
      from: 'fact_session',
      day: 'business_date',
    },
    ...{ at: 'started_at', dimensions: {}, breakdowns: [], alerts: [] },
    measure: {
      kind: 'percentile',
      column: 'duration_seconds',
      get quantiles(): readonly number[] {
        throw new Error('cannot be read')
      },
    },
  } as const satisfies Kpi
  const running = await start('2026-11-20T12:00:00Z', { kpis: [broken, ...(await loadKpis())] })
  await running.database.pool.query(`insert into pipeline.kpi_definition values ('broken', 'h', now())`)
  await running.database.pool.query(
    `update pipeline.kpi_definition set filled_at = null where kpi = 'logins'`,
  )
  await running.database.pool.query(
    `insert into warehouse.kpi_total values ('broken', '2026-11-20', '2026-11-20T08:00Z', '{}', 1, 0, 1, 0, 0)`,
  )
  const page = await running.fresh()
  const failed = [...page.samples].filter(
    ([series, value]) => series.startsWith('kpi_success') && value === 0,
  )
  expect(failed.map(([series]) => series)).toEqual(['kpi_success{kpi="broken"}', 'kpi_success{kpi="logins"}'])
  expect(page.samples.get('kpi_orders{window="today"}')).toBe(0)
  expect(page.of('kpi_broken')).toEqual([])
})

test('while Postgres is away the gauges keep their last value, then stop; they come back with it', async () => {
  const running = await start('2026-11-20T12:00:00Z', { staleSeconds: 600 })
  const { pool, url } = running.database
  await insertFact(pool, 'fact_order', '2026-11-20T10:00:00Z')
  await pool.query(`insert into pipeline.load_position values ('events.v1', 0, 0, '2026-11-20T11:59:00Z')`)
  const before = await running.fresh()
  expect(before.samples.get('kpi_success{kpi="orders"}')).toBe(1)

  const name = new URL(url).pathname.slice(1)
  const serverUrl = new URL('/postgres', url).href
  await onServer(serverUrl, `alter database ${name} allow_connections false`)
  await onServer(
    serverUrl,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`,
  )
  running.clock = new Date('2026-11-20T12:10:00Z')
  const away = await running.fresh()
  expect(away.samples.get('kpi_orders{window="today"}')).toBe(1)
  expect(away.samples.get('kpi_success{kpi="orders"}')).toBe(0)
  expect(away.samples.get('kpi_computed_timestamp_seconds{kpi="orders"}')).toBe(
    Date.parse('2026-11-20T12:00Z') / 1000,
  )
  expect(away.samples.get('kpi_watermark_timestamp_seconds{kpi="orders"}')).toBe(
    Date.parse('2026-11-20T11:59Z') / 1000,
  )
  expect((await fetch(`${running.url}/health/ready`)).status).toBe(503)
  expect((await fetch(`${running.url}/health/live`)).status).toBe(200)

  running.clock = new Date('2026-11-20T12:10:01Z')
  const stale = await running.fresh()
  expect(stale.of('kpi_orders')).toEqual([])
  expect(stale.of('kpi_watermark_timestamp_seconds')).toEqual(away.of('kpi_watermark_timestamp_seconds'))
  expect(stale.of('kpi_success').every((line) => line.endsWith(' 0'))).toBe(true)

  await onServer(serverUrl, `alter database ${name} allow_connections true`)
  const back = await running.fresh()
  expect(back.samples.get('kpi_orders{window="today"}')).toBe(1)
  expect(back.samples.get('kpi_success{kpi="orders"}')).toBe(1)
  expect((await fetch(`${running.url}/health/ready`)).status).toBe(200)
})

test('the page of KPIs holds nothing else, every metric has its help and type, and two scrapes are the same', async () => {
  const running = await start('2026-11-20T12:00:00Z')
  const first = await running.fresh()
  expect((await running.fresh()).text).toBe(first.text)
  const names = new Set([...first.samples.keys()].map((series) => series.split('{')[0]))
  for (const name of names) {
    expect(name).toMatch(/^kpi_/)
    expect(first.text).toContain(`# TYPE ${name} gauge\n`)
    expect(first.text).toContain(`# HELP ${name} `)
  }
  const own = await scrape(`${running.url}/service-metrics`)
  expect(own.text).toContain('millrace_exporter_refresh_duration_seconds_count 3')
  expect(own.text).not.toContain('kpi_orders')
  const response = await fetch(`${running.url}/metrics`, { headers: { 'Accept-Encoding': 'gzip' } })
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(response.headers.get('content-encoding')).toBe('gzip')
  expect(response.headers.get('etag')).toBe(null)
  expect(await response.text()).toBe(first.text)
})

test('a time zone other than the database was made with stops the start and says which is right', async () => {
  await expect(start('2026-11-20T12:00:00Z', { timeZone: 'Asia/Tokyo' })).rejects.toThrow(
    'BUSINESS_TIME_ZONE is Asia/Tokyo, but the days in this database are days in UTC: set it to UTC',
  )
})

test('with 5,000 series a scrape costs less than 20 ms of CPU and no query', async () => {
  const running = await start('2026-11-20T12:00:00Z')
  await running.database.pool.query(
    `insert into warehouse.kpi_total
     select 'excluded_events', '2026-11-20', '2026-11-20T11:00Z', jsonb_build_object('reason', 'reason ' || n), 0, 0, n, 0, 0
     from generate_series(1, 1250) as n`,
  )
  expect((await running.fresh()).of('kpi_excluded_events')).toHaveLength(5000)
  const queries = async () => {
    const { rows } = await running.database.pool.query<{ last: string }>(
      `select max(query_start)::text as last from pg_stat_activity
       where datname = current_database() and application_name = 'millrace kpi-exporter'`,
    )
    return rows[0]?.last
  }
  const before = await queries()
  const cpu = process.cpuUsage()
  for (let scrapes = 0; scrapes < 100; scrapes += 1)
    await (await fetch(`${running.url}/metrics`)).arrayBuffer()
  const { user, system } = process.cpuUsage(cpu)
  // Both ends are in this process: what Prometheus would spend is in it.
  expect((user + system) / 1000 / 100).toBeLessThan(20)
  expect(await queries()).toBe(before)
})
