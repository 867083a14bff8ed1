import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineKpi } from '@millrace/kpis/define-kpi'
import { isDerived, type Kpi } from '@millrace/kpis/kpi'
import { kpiSeries } from '@millrace/kpis/kpi-series'
import { loadKpiFolder, loadKpis } from '@millrace/kpis/load-kpis'
import { type Difference, verifyKpi } from '@millrace/kpis/verify'
import { applyKpis } from '@millrace/warehouse/apply-kpis'
import type { Pool } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadAtOnce } from '../support/load-at-once.ts'
import { deal, randomShop } from '../support/random-shop.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'
import { whileOpen } from '../support/while-open.ts'

const TIME_ZONE = 'Europe/Vienna'

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

const described = { title: 'T', help: 'H.', owner: 'tests' } as const
const eventsBySource = defineKpi({
  ...described,
  ...{ name: 'events_by_source', unit: 'count', from: 'fact_event', at: 'occurred_at' },
  measure: { kind: 'count' },
  dimensions: { source: { column: 'source' } },
})
const peopleOverAWeek = defineKpi({
  ...described,
  ...{ name: 'people_over_a_week', unit: 'count', from: 'fact_person_day' },
  measure: { kind: 'distinct_people', days: 7 },
})
/** Of a column with decimals: their sums depend on the order in which they are added up. */
const averageVital = defineKpi({
  ...described,
  ...{ name: 'average_vital', unit: 'ratio', from: 'fact_web_vital', at: 'occurred_at' },
  measure: { kind: 'ratio', numerator: { kind: 'sum', column: 'value' }, denominator: { kind: 'count' } },
})

async function differencesOf(pool: Pool, kpis: readonly Kpi[]): Promise<Difference[]> {
  const found = await Promise.all(kpis.map(async (kpi) => (isDerived(kpi) ? [] : verifyKpi(pool, kpi))))
  return found.flat()
}

function load(seed: number): Promise<number> {
  const sizes = createSeededRandom(seed)
  return loadAtOnce(deal(randomShop(seed), seed), {
    url: database.url,
    timeZone: TIME_ZONE,
    batchSize: () => sizes.whole(1, 20),
  })
}

describe('definitions that change while loaders write', () => {
  test('are filled exactly, and nobody is stopped', async () => {
    const own = await loadKpis()
    const loading = load(6)
    const steps: (readonly Kpi[])[] = [
      [...own, eventsBySource],
      [...own, { ...eventsBySource, where: "country = 'ZZ'" }, peopleOverAWeek],
      [...own.filter(({ name }) => name !== 'sessions'), peopleOverAWeek, averageVital],
      [...own, eventsBySource, peopleOverAWeek, averageVital],
    ]
    const filled = []
    for (const kpis of steps) {
      await sleep(250)
      filled.push((await applyKpis(database.pool, kpis)).filled)
    }
    await loading
    expect(filled).toEqual([
      ['events_by_source'],
      ['events_by_source', 'people_over_a_week'],
      ['average_vital'],
      ['sessions', 'events_by_source'],
    ])
    expect(await differencesOf(database.pool, steps.at(-1) ?? [])).toEqual([])
  })

  test('wait for nobody who only reads', async () => {
    await load(7)
    const kpis = [...(await loadKpis()), eventsBySource]
    await whileOpen(database.pool, 'select count(*) from warehouse.fact_event', () =>
      applyKpis(database.pool, kpis),
    )
    expect(await differencesOf(database.pool, kpis)).toEqual([])
  })

  test('a fill that was cut off is done again, whatever was loaded in between', async () => {
    const kpis = [...(await loadKpis()), peopleOverAWeek]
    await load(8)
    const day = await database.pool.query<{ day: string }>(
      'select max(business_date)::text as day from warehouse.fact_person_day',
    )
    // The fill comes to this key and waits.
    const sameKey = `insert into warehouse.kpi_total values
      ('people_over_a_week', '${day.rows[0]?.day}', '${day.rows[0]?.day}Z', '{}', 0, -2, 1, 0, 0)`
    await whileOpen(database.pool, sameKey, async () => {
      const failed = expect(applyKpis(database.pool, kpis)).rejects.toThrow()
      await expect.poll(() => terminateFill(), { timeout: 10_000 }).toBe(1)
      await failed
    })
    const more = createSeededRandom(9)
    await loadAtOnce(
      deal(randomShop(9), 9).map((events) => events.slice(0, 200)),
      { url: database.url, timeZone: TIME_ZONE, batchSize: () => more.whole(10, 90), firstOffset: 1_000_000 },
    )
    expect((await applyKpis(database.pool, kpis)).filled).toEqual(['people_over_a_week'])
    expect(await differencesOf(database.pool, kpis)).toEqual([])
    expect(await applyKpis(database.pool, kpis)).toEqual({ changed: false, filled: [] })
  })

  async function terminateFill(): Promise<number> {
    const { rowCount } = await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and query like 'insert into warehouse.kpi_total%'
         and wait_event_type = 'Lock'`,
    )
    return rowCount ?? 0
  }
})

describe('definitions in a folder', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'millrace-kpis-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const vitals = { ...averageVital, name: 'vital_readings', measure: { kind: 'count' } }

  test('appear with their totals and view when they are added, and go with them when they are taken away', async () => {
    await load(10)
    await writeFile(path.join(folder, 'one.ts'), `export const one = ${JSON.stringify(vitals)}`)
    await writeFile(path.join(folder, 'other.ts'), `export const other = ${JSON.stringify(eventsBySource)}`)
    await applyKpis(database.pool, await loadKpiFolder(folder))
    const counted = await database.pool.query('select sum(value)::int as n from warehouse.kpi_vital_readings')
    const facts = await database.pool.query('select count(*)::int as n from warehouse.fact_web_vital')
    expect(counted.rows).toEqual(facts.rows)

    await rm(path.join(folder, 'one.ts'))
    await applyKpis(database.pool, await loadKpiFolder(folder))
    const { rows } = await database.pool.query(
      `select (select array_agg(distinct kpi) from warehouse.kpi_total) as totals,
         (select array_agg(viewname::text) from pg_views where schemaname = 'warehouse' and viewname ^@ 'kpi_') as views,
         (select array_agg(distinct tgrelid::regclass::text) from pg_trigger
          where tgname like 'kpi_totals%' and tgparentid = 0) as triggers`,
    )
    expect(rows).toEqual([
      { totals: ['events_by_source'], views: ['kpi_events_by_source'], triggers: ['warehouse.fact_event'] },
    ])
  })

  test('are refused when Postgres does not understand them, before anything is changed', async () => {
    const broken = { ...vitals, name: 'broken', where: 'no_such_column > 1' }
    await writeFile(path.join(folder, 'one.ts'), `export const one = ${JSON.stringify(broken)}`)
    const kpis = await loadKpis()
    await expect(applyKpis(database.pool, [...kpis, ...(await loadKpiFolder(folder))])).rejects.toThrow(
      /KPI broken cannot be counted: .*no_such_column/,
    )
    await load(11)
    expect(await differencesOf(database.pool, kpis)).toEqual([])
  })
})

test('an order counts nowhere until it has a day, also where a definition does not ask for one', async () => {
  const everyOrder = defineKpi({
    ...described,
    ...{ name: 'every_order', unit: 'count', from: 'fact_order', at: 'fulfilled_at' },
    measure: { kind: 'count' },
  })
  const kpis = [...(await loadKpis()), everyOrder]
  await applyKpis(database.pool, kpis)
  await load(12)
  const { rows } = await database.pool.query(
    `select count(*)::int as n from pipeline.quarantine where code <> 'id_conflict'`,
  )
  expect(rows).toEqual([{ n: 0 }])
  expect(await differencesOf(database.pool, kpis)).toEqual([])
})

test('the last value is kept exactly while rows come and go in any order', async () => {
  const lastScore = defineKpi({
    ...described,
    ...{ name: 'last_score', unit: 'count', from: 'fact_feedback', at: 'occurred_at' },
    measure: { kind: 'last', column: 'score' },
    dimensions: { kind: { column: 'kind' } },
  })
  await load(13)
  await applyKpis(database.pool, [lastScore])
  await load(14)
  await database.pool.query(
    `delete from warehouse.fact_feedback where occurred_at = (select max(occurred_at) from warehouse.fact_feedback)`,
  )
  expect(await differencesOf(database.pool, [lastScore])).toEqual([])
  const byHand = await database.pool.query(
    `select business_date::text, kind, avg(score) as value from warehouse.fact_feedback f
     where date_trunc('second', occurred_at) = (
       select date_trunc('second', max(occurred_at)) from warehouse.fact_feedback g
       where g.business_date = f.business_date and g.kind = f.kind)
     group by business_date, kind order by business_date, kind`,
  )
  const view = await database.pool.query(
    `select business_date::text, kind, value::double precision from warehouse.kpi_last_score order by 1, 2`,
  )
  expect(view.rows.length).toBeGreaterThan(0)
  expect(view.rows).toEqual(byHand.rows)
  const shown = await kpiSeries(database.pool, lastScore, { from: '2000-01-01', to: '2100-01-01' })
  expect(shown.map(({ date, dimensions, value }) => [date, dimensions.kind, value])).toEqual(
    view.rows.map((row) => [row.business_date, row.kind, row.value]),
  )
})
