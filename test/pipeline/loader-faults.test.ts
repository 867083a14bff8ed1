import { setTimeout as sleep } from 'node:timers/promises'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'
import { partitionOf } from '@millrace/event-log/partition-of'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { afterEach, expect, inject, test } from 'vitest'
import { loadAtOnce } from '../support/load-at-once.ts'
import { onServer } from '../support/on-server.ts'
import { deal, PARTITIONS, randomShop } from '../support/random-shop.ts'
import { recountEvents } from '../support/recount-events.ts'
import { type RunningProgram, runTypeScript } from '../support/run-program.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { expectRecounted } from '../support/show-kpis.ts'
import { stampedEvent } from '../support/stamped-event.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const TIME_ZONE = 'Europe/Vienna'
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Shop {
  readonly database: TestDatabase
  readonly log: EventLog
  /** The log's partitions, as they were published. */
  readonly partitions: readonly (readonly (StampedEvent | string)[])[]
  startLoader(maxRecords?: number): Promise<RunningProgram>
  loaded(): Promise<number>
}

/** Random traffic in the real log of a database of its own, with records beside the events where they are given. */
async function openShop(seed: number, others: readonly string[] = []): Promise<Shop> {
  const database = await createTestDatabase()
  closing.push(() => database.drop())
  const log = createPostgresLog({ connection: database.url, clientName: 'test', now: () => new Date() })
  closing.push(() => log.close())
  await log.ensureTopics(
    ['events.v1', 'quarantine.v1'].map((topic) => ({ topic, partitions: PARTITIONS, retentionHours: 24 })),
  )
  const random = createSeededRandom(seed)
  const records = random.shuffle([...deal(randomShop(seed), seed).flat(), ...others]).map((event) => ({
    key: typeof event === 'string' ? 'k' : keyOf(event),
    event,
  }))
  const partitions: (StampedEvent | string)[][] = Array.from({ length: PARTITIONS }, () => [])
  for (const { key, event } of records) partitions[partitionOf(key, PARTITIONS)]?.push(event)
  await log.publish([
    {
      topic: 'events.v1',
      records: records.map(({ key, event }) => ({
        key,
        value: typeof event === 'string' ? event : JSON.stringify(event),
      })),
    },
  ])
  return {
    database,
    log,
    partitions,
    async startLoader(maxRecords = 25) {
      const loader = runTypeScript('hold-loader.ts', [database.url, String(maxRecords), TIME_ZONE])
      closing.push(() => kill(loader))
      await loader.firstLine
      return loader
    },
    async loaded() {
      const { rows } = await database.pool.query<{ n: number }>(
        'select coalesce(sum(next_offset), 0)::int as n from pipeline.load_position',
      )
      return rows[0]?.n ?? 0
    },
  }
}

function keyOf({ userPerson, anonymousPerson, eventId }: StampedEvent): string {
  return userPerson ?? anonymousPerson ?? eventId
}

async function kill(loader: RunningProgram): Promise<void> {
  loader.child.kill('SIGKILL')
  await loader.ended
}

const count = ({ partitions }: Shop): number => partitions.flat().length

/** Until everything is loaded; what the loaders wrote when they did not get there. */
async function allLoaded(shop: Shop, ...loaders: readonly RunningProgram[]): Promise<void> {
  const deadline = Date.now() + 60_000
  while ((await shop.loaded()) < count(shop)) {
    const ended = loaders.find(({ child }) => child.exitCode !== null)
    if (ended || Date.now() > deadline) {
      throw new Error(`not loaded: ${loaders.map(({ output }) => output()).join('\n')}`)
    }
    await sleep(20)
  }
}

/** Totals are those of the recount, and the ledger tells of every offset once. */
async function expectWhole(shop: Shop): Promise<void> {
  const events = shop.partitions.map((partition) => partition.filter((event) => typeof event !== 'string'))
  const unreadable = shop.partitions.flat().filter((event) => typeof event === 'string').length
  const expected = recountEvents(events, TIME_ZONE)
  const { outcomes } = expected
  await expectRecounted(shop.database.pool, {
    ...expected,
    outcomes: { ...outcomes, quarantined: outcomes.quarantined + unreadable },
  })
  const { rows } = await shop.database.pool.query<{ firsts: number[]; lasts: number[] }>(
    `select array_agg(first_offset::int order by first_offset) as firsts,
       array_agg(last_offset::int order by first_offset) as lasts
     from pipeline.load_ledger where topic = 'events.v1' group by partition order by partition`,
  )
  expect(rows.map(({ firsts }) => firsts)).toEqual(
    rows.map(({ lasts }) => [0, ...lasts.slice(0, -1).map((n) => n + 1)]),
  )
  expect(rows.map(({ lasts }) => (lasts.at(-1) ?? 0) + 1)).toEqual(
    shop.partitions.map(({ length }) => length),
  )
}

/** How far the loaders have come when something is to happen. */
async function reached(shop: Shop, records: number): Promise<void> {
  while ((await shop.loaded()) < records) await sleep(5)
}

test('two loaders, killed again and again at any moment, load everything once', async () => {
  const shop = await openShop(1)
  const random = createSeededRandom(1)
  let loaders = await Promise.all([shop.startLoader(), shop.startLoader()])
  for (let kills = 1; kills <= 5; kills++) {
    await reached(shop, Math.min((count(shop) / 8) * kills, count(shop)))
    await sleep(random.whole(0, 30))
    const victim = loaders[kills % 2] as RunningProgram
    await kill(victim)
    loaders = [...loaders.filter((one) => one !== victim), await shop.startLoader()] as typeof loaders
  }
  await allLoaded(shop, ...loaders)
  await expectWhole(shop)
}, 120_000)

test('two loaders that both hold every partition load everything once', async () => {
  const shop = await openShop(2)
  const events = shop.partitions.map((partition) => partition.filter((event) => typeof event !== 'string'))
  const sizes = createSeededRandom(2)
  const options = { url: shop.database.url, timeZone: TIME_ZONE, batchSize: () => sizes.whole(10, 60) }
  const [one, other] = await Promise.all([loadAtOnce(events, options), loadAtOnce(events, options)])
  expect(one + other).toBeGreaterThan(0)
  await expectWhole(shop)
})

test('connections that are cut at any moment cost time and nothing else', async () => {
  const shop = await openShop(3)
  const loader = await shop.startLoader()
  const random = createSeededRandom(3)
  for (let cuts = 0; cuts < 25 && (await shop.loaded()) < count(shop); cuts++) {
    await sleep(random.whole(10, 120))
    await cutLoaders(shop)
  }
  await allLoaded(shop, loader)
  await expectWhole(shop)
})

test('a database that refuses connections for a while is waited for', async () => {
  const shop = await openShop(4)
  const name = new URL(shop.database.url).pathname.slice(1)
  const loader = await shop.startLoader()
  await reached(shop, count(shop) / 4)
  await onServer(inject('postgresUrl'), `alter database ${name} allow_connections false`)
  await cutLoaders(shop)
  await sleep(1_500)
  await onServer(inject('postgresUrl'), `alter database ${name} allow_connections true`)
  await allLoaded(shop, loader)
  await expectWhole(shop)
})

test('poisoned records in the middle stand alone in quarantine', async () => {
  const good = stampedEvent({ messageId: 'poison' })
  const poisons = [
    'not JSON',
    '[]',
    '{"receivedAt": "soon"}',
    JSON.stringify({ ...good, receivedAt: 'soon' }),
    JSON.stringify({ ...good, receivedAt: '2026-02-31T00:00:00.000Z' }),
    JSON.stringify({ ...good, receivedAt: undefined }),
    JSON.stringify({ ...good, type: 'group', receivedAt: '2026-19-39T29:59:59.000Z' }),
    JSON.stringify({ ...good, timestamp: 'never' }),
    JSON.stringify({ ...good, timestamp: '+012345-01-01T00:00:00.000Z' }),
    JSON.stringify({ ...good, eventId: 'no uuid' }),
    JSON.stringify({ ...good, contentHash: 'x' }),
    JSON.stringify({ ...good, contentHash: undefined }),
    JSON.stringify({ ...good, sessionId: 'NUL \0 in it' }),
    JSON.stringify({ ...good, properties: { text: 'half a pair \ud800' } }),
    JSON.stringify({
      ...good,
      event: 'order_completed',
      properties: { orderId: 'o', amountMinor: 1e300, currency: 'EUR' },
    }),
    JSON.stringify({ ...good, event: 'order_completed', properties: {} }),
    JSON.stringify({
      ...good,
      event: 'box_packed',
      properties: { boxId: 'b', items: [{ sku: 'a', quantity: 1.5 }] },
    }),
  ]
  const shop = await openShop(5, poisons)
  const loader = await shop.startLoader(500)
  await allLoaded(shop, loader)
  await expectWhole(shop)
  const { rows } = await shop.database.pool.query<{ code: string; n: number }>(
    `select code, count(*)::int as n from pipeline.quarantine where code <> 'id_conflict' group by code`,
  )
  expect(rows).toEqual([{ code: 'schema_invalid', n: poisons.length }])
})

async function cutLoaders({ database }: Shop): Promise<void> {
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'millrace loader'`,
  )
}
