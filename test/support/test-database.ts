import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { onServer } from './on-server.ts'

export interface TestDatabase {
  readonly url: string
  readonly pool: pg.Pool
  drop(): Promise<void>
}

/**
 * A migrated database of its own, copied from the run's template, with days of UTC or the given time zone. Drop it when the
 * file is done.
 */
export async function createTestDatabase(timeZone?: string): Promise<TestDatabase> {
  const database = await createDatabaseOn(inject('postgresUrl'), inject('templateDatabase'))
  if (timeZone !== undefined)
    await database.pool.query(`update pipeline.setting set value = $1 where name = 'business_time_zone'`, [
      timeZone,
    ])
  return database
}

/** A database of its own on any server, empty unless a template of that server is given. */
export async function createDatabaseOn(server: string, template = 'template0'): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(server, `create database ${name} template ${template}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const pool = new pg.Pool({ connectionString: url.href, max: 8 })
  // Dropping the database may end a connection that is just being closed.
  pool.on('error', () => {})
  // The pool has ended before its connections have: dropping the database ends those with an error that says so.
  pool.on('connect', (client) => client.on('error', () => {}))
  return {
    url: url.href,
    pool,
    async drop() {
      await pool.end()
      await onServer(server, `drop database if exists ${name} with (force)`)
    },
  }
}
