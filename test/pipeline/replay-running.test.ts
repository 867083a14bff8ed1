import { setTimeout as sleep } from 'node:timers/promises'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { isDerived } from '@millrace/kpis/kpi'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { applyKpis } from '@millrace/warehouse/apply-kpis'
import { openShadow } from '@millrace/warehouse/shadow/open-shadow'
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { differences } from '../support/loading.ts'
import { onServer } from '../support/on-server.ts'
import { openPipeline, type Pipeline } from '../support/open-pipeline.ts'
import { randomShop } from '../support/random-shop.ts'
import { askReplay, differingDays } from '../support/replay-report.ts'
import { runMillrace } from '../support/run-program.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { createTestDatabase } from '../support/test-database.ts'

const OCTOBER = ['--from', '2025-10-20', '--to', '2025-11-12']

/** Publishes events in small batches, some of them twice, until there are none left. */
async function publishSlowly({ publish }: Pipeline, events: readonly StampedEvent[]): Promise<void> {
  for (let from = 0; from < events.length; from += 40) {
    const some = events.slice(from, from + 40)
    await publish([...some, ...some.slice(0, 3)])
    await sleep(60)
  }
}

test('while events of the same days are published, archived and loaded, replay sees one moment and swaps', async () => {
  const pipeline = await openPipeline({ partitions: 4, timeZone: 'Europe/Vienna' })
  const { pool } = pipeline
  const events = createSeededRandom(5).shuffle(randomShop(5))
  const third = Math.floor(events.length / 3)
  await pipeline.publish(events.slice(0, third))
  await pipeline.settled()
  await pool.query(`delete from warehouse.fact_order where business_date > '2025-11-01'`)
  await pool.query(`delete from warehouse.fact_person_day where business_date = '2025-11-02'`)
  await pool.query(`update warehouse.fact_session set events = events + 1 where business_date = '2025-11-03'`)

  const published = publishSlowly(pipeline, events.slice(third))
  const { answer } = await askReplay(pipeline, ...OCTOBER, '--swap', '--yes')
  expect(answer.swapped?.after).toMatchObject({ identical: true, kpis: [], links: 0 })
  expect(differingDays(answer).map((line) => line.split(' ')[0])).toEqual(
    expect.arrayContaining(['fact_order', 'fact_person_day', 'fact_session']),
  )
  await published
  await pipeline.settled()
  expect((await askReplay(pipeline, ...OCTOBER)).answer).toMatchObject({ identical: true })
  expect(await differences(pool)).toEqual([])
}, 120_000)

async function databases(pattern: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    'select datname as name from pg_database where datname like $1',
    [pattern],
  )
  await client.end()
  return rows.map(({ name }) => name)
}

test('a replay that is killed leaves the live database as it was; the next one takes its shadow away', async () => {
  const pipeline = await openPipeline({ partitions: 4, timeZone: 'Europe/Vienna' })
  const { pool, databaseUrl, dataDir } = pipeline
  await pipeline.publish(randomShop(7))
  await pipeline.settled()
  await pool.query(`delete from warehouse.fact_event where business_date = '2025-11-01'`)
  await pipeline.stop()
  const name = new URL(databaseUrl).pathname.slice(1)
  onTestFinished(() => onServer(inject('postgresUrl'), `drop database if exists ${name}_replay with (force)`))

  // Its swap waits for a row that somebody else holds, and is killed there.
  const holder = await pool.connect()
  await holder.query('begin')
  await holder.query(`select from warehouse.fact_event where business_date = '2025-11-02' for update`)
  await holder.query(`lock table warehouse.fact_event in share row exclusive mode`)
  const run = runMillrace(['replay', ...OCTOBER, '--swap', '--yes'], {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
  })
  await expect
    .poll(() => pool.query(WAITING).then(({ rows }) => rows.length), { timeout: 60_000, interval: 200 })
    .toBeGreaterThan(0)
  run.child.kill('SIGKILL')
  await run.ended
  await holder.query('rollback')
  holder.release()

  expect(await databases(`${name}_replay`)).toEqual([`${name}_replay`])
  const { answer } = await askReplay(pipeline, ...OCTOBER)
  expect(differingDays(answer)).toHaveLength(1)
  expect(await databases(`${name}_replay`)).toEqual([])
}, 120_000)

const WAITING = `select from pg_stat_activity
  where application_name = 'millrace cli' and wait_event_type = 'Lock' and datname = current_database()`

test('one replay at a time; a shadow of its own is never somebody else’s database', async () => {
  const [live, other] = [await createTestDatabase(), await createTestDatabase()]
  onTestFinished(() => live.drop())
  onTestFinished(() => other.drop())
  const options = { liveUrl: live.url, timeZone: 'UTC', connections: 1 }
  await expect(openShadow({ ...options, url: other.url })).rejects.toThrow('is not empty')
  await expect(openShadow({ ...options, url: live.url })).rejects.toThrow('is not empty')
  const name = `${new URL(live.url).pathname.slice(1)}_replay`
  await onServer(inject('postgresUrl'), `create database ${name} template ${inject('templateDatabase')}`)
  await expect(openShadow(options)).rejects.toThrow(`Database ${name} is not empty`)
  await onServer(inject('postgresUrl'), `drop database ${name}`)

  const shadow = await openShadow(options)
  await expect(openShadow(options)).rejects.toThrow('Another replay of this database is running')
  await shadow.close()
  expect(await databases(name)).toEqual([])
})

test('an empty database that is named is used and left empty', async () => {
  const pipeline = await openPipeline()
  await pipeline.publish(randomShop(9).slice(0, 50))
  await pipeline.settled()
  const name = `${new URL(pipeline.databaseUrl).pathname.slice(1)}_own`
  await onServer(inject('postgresUrl'), `create database ${name}`)
  onTestFinished(() => onServer(inject('postgresUrl'), `drop database if exists ${name} with (force)`))
  const url = new URL(pipeline.databaseUrl)
  url.pathname = `/${name}`
  for (let twice = 0; twice < 2; twice++) {
    const { answer } = await askReplay(pipeline, ...OCTOBER, '--shadow', url.href)
    expect(answer.identical).toBe(true)
  }
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  const { rows } = await client.query(
    `select nspname from pg_namespace where nspname in ('warehouse', 'pipeline')`,
  )
  await client.end()
  expect(rows).toEqual([])
}, 60_000)

test('new KPIs and such that are no more show as differences too', async () => {
  const pipeline = await openPipeline()
  await pipeline.publish(randomShop(9))
  await pipeline.settled()
  const kpis = await loadKpis()
  const orders = kpis.find(({ name }) => name === 'orders')
  if (!orders || isDerived(orders)) throw new Error('no KPI orders')
  const former = { ...orders, name: 'former_orders' }
  await applyKpis(pipeline.pool, [...kpis.filter(({ name }) => name !== 'sessions'), former])
  const { answer } = await askReplay(
    pipeline,
    '--from',
    '2025-10-04',
    '--to',
    '2025-11-20',
    '--swap',
    '--yes',
  )
  expect(new Set(answer.kpis.map(({ kpi }) => kpi))).toEqual(new Set(['former_orders', 'sessions']))
  expect(answer).toMatchObject({
    definitions: ['former_orders', 'sessions'],
    swapped: { definitions: ['sessions'], after: { identical: true } },
  })
}, 60_000)
