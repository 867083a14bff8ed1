import { fileURLToPath } from 'node:url'
import { createFileSender, type SendOptions } from '@millrace/cli/send/send-file'
import type { SendSummary } from '@millrace/cli/send/tally'
import type { EventLog } from '@millrace/event-log/event-log'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { IMPORT_KEY, startIngest } from '@millrace/ingest-api/ingest-fixture'
import type { KpiPoint } from '@millrace/kpis/kpi-series'
import { kpiSeries } from '@millrace/kpis/kpi-series'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { createLoader } from '@millrace/loader/create-loader'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createPool } from '@millrace/warehouse/database'
import { afterEach, describe, expect, test } from 'vitest'
import { emptySpool } from '../support/empty-spool.ts'
import { differences } from '../support/loading.ts'
import {
  type RecountAnswers,
  type RecountedDay,
  readRecountAnswers,
  sharedData,
} from '../support/recount-answers.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const RETAIL = sharedData('online_retail/online_retail.csv.gz')
const MAP = fileURLToPath(new URL('../../docs/examples/online-retail.ts', import.meta.url))
const EVENTS = 19_959 + 3_836 + 4_338 + 2_102 + 3
const logger = createLogger({ service: 'test', level: 'silent' })

interface Shop {
  readonly database: TestDatabase
  send(options: Partial<SendOptions>): Promise<SendSummary>
  /** Until the loader has handled all that the log holds. */
  loaded(): Promise<void>
}

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** API, log and loader as they run in production, on a database of its own. */
async function openShop({
  partitions,
  maxRecords,
}: {
  partitions: number
  maxRecords: number
}): Promise<Shop> {
  const database = await createTestDatabase()
  opened.push(() => database.drop())
  const log = openLog(database, 'millrace_ingest')
  await log.ensureTopics(
    ['events.v1', 'quarantine.v1'].map((topic) => ({ topic, partitions, retentionHours: 1 })),
  )
  const pool = createPool({ url: database.url, role: 'millrace_loader', name: 'loader' })
  opened.push(() => pool.end())
  const loaderLog = openLog(database, 'millrace_loader')
  const registry = createServiceMetrics()
  const loader = await createLoader({
    ...{ pool, log: loaderLog, archive: emptySpool, now: () => new Date() },
    ...{ timeZone: 'UTC', maxRecords, logger, registry },
  })
  opened.push(() => loader.close())
  const api = await startIngest({ log, now: () => new Date() })
  opened.push(() => api.close())
  const sendFile = createFileSender({
    fetch,
    now: () => new Date(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
    progress: { update: () => undefined, waiting: () => undefined, stop: () => undefined },
  })
  return {
    database,
    send: (options) =>
      sendFile({
        file: RETAIL ?? '',
        map: MAP,
        url: api.url,
        key: IMPORT_KEY.key,
        batchSize: 500,
        concurrency: 4,
        firstAnswerMs: 30_000,
        giveUpAfterMs: 30_000,
        ...options,
      }),
    loaded: () => expect.poll(() => lag(loaderLog), { timeout: 120_000, interval: 100 }).toBe(0),
  }
}

function openLog(database: TestDatabase, role: string): EventLog {
  const log = createPostgresLog({ connection: database.url, clientName: 'test', role, now: () => new Date() })
  opened.push(() => log.close())
  return log
}

async function lag(log: EventLog): Promise<number> {
  const [ranges, positions] = await Promise.all([
    log.ranges('events.v1'),
    log.positions('events.v1', 'loader'),
  ])
  return ranges.reduce((sum, { partition, nextOffset }) => {
    const at = positions.find((position) => position.partition === partition)?.nextOffset ?? 0
    return sum + nextOffset - at
  }, 0)
}

/** Every KPI, day by day, as `kpi show` reads it; then some by country. */
async function readAll({ pool }: TestDatabase): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {}
  for (const kpi of await loadKpis()) all[kpi.name] = await read(pool, kpi.name)
  for (const name of ['orders', 'revenue_net'])
    all[`${name} by country`] = await read(pool, name, ['country'])
  return all
}

async function read(pool: TestDatabase['pool'], name: string, by?: readonly string[]): Promise<string[]> {
  const kpi = (await loadKpis()).find((candidate) => candidate.name === name)
  if (!kpi) throw new Error(`no KPI ${name}`)
  const points = await kpiSeries(pool, kpi, { from: '2000-01-01', to: '2100-01-01', ...(by ? { by } : {}) })
  return points.map(describePoint)
}

function describePoint({ date, dimensions, value, valueMinor }: KpiPoint): string {
  const labels = Object.entries(dimensions).map(([name, label]) => `${name}=${label}`)
  return [date, ...labels.sort(), valueMinor ?? value].join(' ')
}

/** What every KPI must show on every day, by the recount alone. */
function expectedOf({ days }: RecountAnswers): Record<string, string[]> {
  const byDay = (show: (day: RecountedDay) => readonly string[]): string[] =>
    [...days].flatMap(([date, day]) => show(day).map((shown) => `${date} ${shown}`))
  const count = (column: keyof RecountedDay, label = ''): string[] =>
    byDay((day) => (day[column] > 0 ? [`${label}${day[column]}`] : []))
  return {
    daily_active_users: count('dau'),
    weekly_active_users: count('wau'),
    monthly_active_users: count('mau'),
    sign_ups: count('signUps', 'channel=unknown '),
    orders: count('orders'),
    revenue_gross: byDay((day) => (day.orders > 0 ? [`currency=GBP ${day.grossPence}`] : [])),
    revenue_refunds: byDay((day) => (day.refundEvents > 0 ? [`currency=GBP ${day.refundsPence}`] : [])),
    revenue_net: byDay((day) =>
      day.orders + day.refundEvents > 0 ? [`currency=GBP ${day.grossPence - day.refundsPence}`] : [],
    ),
    average_order_value: byDay((day) =>
      day.orders > 0 ? [`currency=GBP ${day.grossPence / 100 / day.orders}`] : [],
    ),
    events: byDay((day) => eventCounts(day)),
  }
}

/** In the order of their names. */
function eventCounts(day: RecountedDay): readonly string[] {
  const counts: readonly [string, number][] = [
    ['bad_debt_adjusted', day.badDebtAdjusted],
    ['order_completed', day.orders],
    ['order_refunded', day.refundEvents],
    ['stock_adjusted', day.stockAdjusted],
    ['user_signed_up', day.signUps],
  ]
  return counts.flatMap(([name, count]) => (count > 0 ? [`type=${name} ${count}`] : []))
}

function sumByCountry(lines: readonly string[] | undefined): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const line of lines ?? []) {
    const country = /country=(\w\w)/.exec(line)?.[1] ?? ''
    sums[country] = (sums[country] ?? 0) + Number(line.split(' ').at(-1))
  }
  return sums
}

describe.skipIf(!RETAIL)("a shop's year through the API, the log and the loader", () => {
  test('every KPI is what the recount says on every day, and a repeated file changes nothing', async () => {
    const answers = await readRecountAnswers()
    const shop = await openShop({ partitions: 4, maxRecords: 5_000 })
    expect(await shop.send({})).toMatchObject({ events: EVENTS, accepted: EVENTS, rejected: 0 })
    await shop.loaded()

    const shown = await readAll(shop.database)
    const { 'orders by country': orders, 'revenue_net by country': net, ...byDay } = shown
    const withData = Object.fromEntries(Object.entries(byDay).filter(([, lines]) => lines.length > 0))
    expect(withData).toEqual(expectedOf(answers))
    expect(sumByCountry(orders)).toEqual(answers.ordersByCountry)
    expect(sumByCountry(net)).toEqual(answers.netPenceByCountry)
    expect(await differences(shop.database.pool)).toEqual([])

    await shop.send({ limit: 3_000, batchSize: 77 })
    await shop.loaded()
    expect(await readAll(shop.database)).toEqual(shown)
    const { rows } = await shop.database.pool.query('select count(*)::int as n from pipeline.quarantine')
    expect(rows).toEqual([{ n: 0 }])
  }, 240_000)

  test('shuffled, in other batches, over other partitions, no total is another', async () => {
    const answers = await readRecountAnswers()
    const shop = await openShop({ partitions: 3, maxRecords: 700 })
    await shop.send({ limit: 2_000 })
    expect(await shop.send({ shuffleSeed: 7, batchSize: 133, concurrency: 3 })).toMatchObject({
      accepted: EVENTS,
    })
    await shop.loaded()
    const {
      'orders by country': orders,
      'revenue_net by country': net,
      ...byDay
    } = await readAll(shop.database)
    const withData = Object.fromEntries(Object.entries(byDay).filter(([, lines]) => lines.length > 0))
    expect(withData).toEqual(expectedOf(answers))
    expect(sumByCountry(orders)).toEqual(answers.ordersByCountry)
    expect(sumByCountry(net)).toEqual(answers.netPenceByCountry)
    expect(await differences(shop.database.pool)).toEqual([])
  }, 240_000)
})
