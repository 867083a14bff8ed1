import { createPostgresLog } from '@millrace/event-log/postgres'
import { createLoader } from '@millrace/loader/create-loader'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createPool } from '@millrace/warehouse/database'
import { expect, onTestFinished, test } from 'vitest'
import { emptySpool } from '../support/empty-spool.ts'
import { createTestDatabase } from '../support/test-database.ts'

/** A loader of one database, on the log in the tables of another one where that is given. */
async function startLoader(url: string, logUrl = url): Promise<void> {
  const role = 'millrace_loader'
  const pool = createPool({ url, role, name: 'test' })
  onTestFinished(() => pool.end())
  const log = createPostgresLog({ connection: logUrl, clientName: 'test', role, now: () => new Date() })
  onTestFinished(() => log.close())
  const loader = await createLoader({
    ...{ pool, log, archive: emptySpool, timeZone: 'UTC', now: () => new Date() },
    ...{ logger: createLogger({ service: 'test', level: 'silent' }), registry: createServiceMetrics() },
  })
  onTestFinished(() => loader.close())
}

test('a database is loaded from the log that it was loaded from first, and from no other', async () => {
  const [database, stranger] = await Promise.all([createTestDatabase(), createTestDatabase()])
  onTestFinished(() => database.drop())
  onTestFinished(() => stranger.drop())
  // Copies of one template, they would be the same log.
  await stranger.pool.query('update pipeline.log_identity set identity = gen_random_uuid()')
  await startLoader(database.url)
  await startLoader(database.url)
  await expect(startLoader(database.url, stranger.url)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/loaded from log .*KAFKA_BROKERS.*new database/),
  })
  const { rows } = await database.pool.query(
    `select value = identity::text as same from pipeline.setting, pipeline.log_identity where name = 'log_identity'`,
  )
  expect(rows).toEqual([{ same: true }])
})
