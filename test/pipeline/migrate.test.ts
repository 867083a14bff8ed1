import { migrateWarehouse } from '@millrace/warehouse/migrate-warehouse'
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { onServer } from '../support/on-server.ts'

async function emptyDatabase(): Promise<string> {
  const name = `test_migrate_${Math.random().toString(36).slice(2)}`
  const server = inject('postgresUrl')
  await onServer(server, `create database ${name}`)
  onTestFinished(() => onServer(server, `drop database if exists ${name} with (force)`))
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

test('two processes that migrate at once both end well, and one has run the migrations', async () => {
  const databaseUrl = await emptyDatabase()
  const both = await Promise.all([1, 2].map(() => migrateWarehouse({ databaseUrl, timeZone: 'UTC' })))
  const ran = both.map(({ migrations }) => migrations.length).sort()
  expect(ran[0]).toBe(0)
  expect(ran[1]).toBeGreaterThan(5)
})

test('the lock that a killed migration left is no obstacle', async () => {
  const databaseUrl = await emptyDatabase()
  await migrateWarehouse({ databaseUrl, timeZone: 'UTC' })
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('update pipeline.migration_lock set is_locked = 1')
  await client.end()
  await expect(migrateWarehouse({ databaseUrl, timeZone: 'UTC' })).resolves.toMatchObject({ migrations: [] })
})

test('another business time zone than that of the stored days is refused, naming both', async () => {
  const databaseUrl = await emptyDatabase()
  await migrateWarehouse({ databaseUrl, timeZone: 'Europe/Vienna' })
  await expect(migrateWarehouse({ databaseUrl, timeZone: 'UTC' })).rejects.toThrow(/UTC.*Europe\/Vienna/)
})
