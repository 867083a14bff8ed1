import path from 'node:path'
import { Fault } from '@millrace/contracts/fault'
import { databaseUrl, dataDir } from '@millrace/runtime/config-fields'
import { findEmbeddedPostgres } from '@millrace/runtime/find-embedded-postgres'
import { readConfig } from '@millrace/runtime/read-config'
import { createPool } from '@millrace/warehouse/database'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { CommandDeps } from '../command-deps.ts'

const Config = z.object({ DATABASE_URL: databaseUrl.optional(), DATA_DIR: dataDir })

/**
 * The database that commands ask: DATABASE_URL, else the embedded one that `millrace up` runs on DATA_DIR.
 * @throws Fault `config_invalid` when there is neither, or DATABASE_URL is no address.
 */
export async function findDatabaseUrl(env: CommandDeps['env']): Promise<string> {
  const { DATABASE_URL: given, DATA_DIR } = readConfig(Config, env)
  if (given) return given
  const folder = path.resolve(DATA_DIR)
  const found = await findEmbeddedPostgres(folder)
  if (found) return found.url
  throw new Fault(
    'config_invalid',
    `No Postgres runs on ${folder}: start \`npm start\` first, or set DATABASE_URL`,
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
