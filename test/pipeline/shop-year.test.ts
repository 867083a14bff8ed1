import { fileURLToPath } from 'node:url'
import { createFileSender, type SendOptions } from '@millrace/cli/send/send-file'
import type { SendSummary } from '@millrace/cli/send/tally'
import type { EventLog } from '@millrace/event-log/event-log'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { IMPORT_KEY, startIngest } from '@millrace/ingest-api/ingest-fixture'
import { createLoader } from '@millrace/loader/create-loader'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createPool } from '@millrace/warehouse/database'
import { afterEach, describe, expect, test } from 'vitest'
import { emptySpool } from '../support/empty-spool.ts'
import { expectShop, SHOP_EVENTS } from '../support/expect-shop.ts'
import { sharedData } from '../support/recount-answers.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const RETAIL = sharedData('online_retail/online_retail.csv.gz')
const MAP = fileURLToPath(new URL('../../docs/examples/online-retail.ts', import.meta.url))
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

describe.skipIf(!RETAIL)("a shop's year through the API, the log and the loader", () => {
  test('every KPI is what the recount says on every day, and a repeated file changes nothing', async () => {
    const shop = await openShop({ partitions: 4, maxRecords: 5_000 })
    expect(await shop.send({})).toMatchObject({ events: SHOP_EVENTS, accepted: SHOP_EVENTS, rejected: 0 })
    await shop.loaded()

    await expectShop(shop.database.pool)

    await shop.send({ limit: 3_000, batchSize: 77 })
    await shop.loaded()
    await expectShop(shop.database.pool)
    const { rows } = await shop.database.pool.query('select count(*)::int as n from pipeline.quarantine')
    expect(rows).toEqual([{ n: 0 }])
  }, 240_000)

  test('shuffled, in other batches, over other partitions, no total is another', async () => {
    const shop = await openShop({ partitions: 3, maxRecords: 700 })
    await shop.send({ limit: 2_000 })
    expect(await shop.send({ shuffleSeed: 7, batchSize: 133, concurrency: 3 })).toMatchObject({
      accepted: SHOP_EVENTS,
    })
    await shop.loaded()
    await expectShop(shop.database.pool)
  }, 240_000)
})
