import { createPostgresLog } from '@millrace/event-log/postgres'
import { migrateWarehouse } from '@millrace/warehouse/migrate-warehouse'
import { beforeAll, expect, test } from 'vitest'
import { loadAtOnce } from '../support/load-at-once.ts'
import { differences } from '../support/loading.ts'
import { deal, randomShop } from '../support/random-shop.ts'
import { recountEvents } from '../support/recount-events.ts'
import { describeWith, testPostgres15 } from '../support/servers.ts'
import { expectRecounted } from '../support/show-kpis.ts'
import { createDatabaseOn, type TestDatabase } from '../support/test-database.ts'
import { describeEventLog } from './event-log-suite.ts'

const TIME_ZONE = 'Europe/Vienna'
const SEED = 15

// The other tests run on Postgres 18; this one holds what the oldest supported version has to do.
await describeWith(testPostgres15, 'Postgres 15', ({ url: server }) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabaseOn(server)
    await migrateWarehouse({ databaseUrl: database.url, timeZone: TIME_ZONE })
    return () => database.drop()
  })

  describeEventLog('the log', async () =>
    createPostgresLog({ connection: database.url, clientName: 'test', now: () => new Date() }),
  )

  test('migrations that ran have nothing left to do', async () => {
    const again = await migrateWarehouse({ databaseUrl: database.url, timeZone: TIME_ZONE })
    expect(again).toMatchObject({ migrations: [] })
  })

  test('random traffic gives what a recount gives, and kpi verify finds no difference', async () => {
    const partitions = deal(randomShop(SEED), SEED)
    await loadAtOnce(partitions, { url: database.url, timeZone: TIME_ZONE, batchSize: () => 200 })
    await expectRecounted(database.pool, recountEvents(partitions, TIME_ZONE))
    expect(await differences(database.pool)).toEqual([])
  })

  test('kpi verify finds a total that was tampered with', async () => {
    await database.pool.query(
      `update warehouse.kpi_total set entries = entries + 1 where ctid = (select ctid from warehouse.kpi_total limit 1)`,
    )
    expect(await differences(database.pool)).not.toEqual([])
  })
})
