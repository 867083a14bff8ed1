import path from 'node:path'
import { Fault } from '@millrace/contracts/fault'
import { DEFAULT_DATA_DIR } from '@millrace/runtime/config-fields'
import { findEmbeddedPostgres } from '@millrace/runtime/find-embedded-postgres'
import { createPool } from '@millrace/warehouse/database'
import type { Pool } from 'pg'
import type { CommandDeps } from '../command-deps.ts'

/**
 * The database that commands ask: DATABASE_URL, else the embedded one that `millrace up` runs on DATA_DIR.
 * @throws Fault `config_invalid` when there is neither.
 */
export async function findDatabaseUrl(env: CommandDeps['env']): Promise<string> {
  if (env.DATABASE_URL) return env.DATABASE_URL
  const dataDir = path.resolve(env.DATA_DIR || DEFAULT_DATA_DIR)
  const found = await findEmbeddedPostgres(dataDir)
  if (found) return found.url
  throw new Fault(
    'config_invalid',
    `No Postgres runs on ${dataDir}: start \`npm start\` first, or set DATABASE_URL`,
  )
}

/** Gives the work a pool on that database, and closes it after. */
export async function useDatabase<T>(env: CommandDeps['env'], work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = createPool({ url: await findDatabaseUrl(env), name: 'cli', max: 4 })
  try {
    return await work(pool)
  } finally {
    await pool.end()
  }
}
