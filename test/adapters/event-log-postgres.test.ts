import { createPostgresLog, type PostgresLogOptions } from '@millrace/event-log/postgres'
import { afterAll, beforeAll } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'
import { describeEventLog } from './event-log-suite.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const openLog = (options: Partial<PostgresLogOptions> = {}) =>
  createPostgresLog({ connection: database.url, clientName: 'test', now: () => new Date(), ...options })

describeEventLog('Postgres', async () => openLog())
