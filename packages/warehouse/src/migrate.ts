import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import knex, { type Knex } from 'knex'

/** The checkout's `migrations/`: numbered SQL files, each run once in its own transaction. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../../migrations/', import.meta.url))

/**
 * Brings the schema up to date; returns the files that were run now. The caller holds the migration lock
 * (migrate-warehouse.ts), so a lock row that knex left when its process was killed is nobody's.
 */
export async function runMigrations(
  databaseUrl: string,
  folder = MIGRATIONS_FOLDER,
): Promise<readonly string[]> {
  return withKnex(databaseUrl, async (db) => {
    await db.raw('create schema if not exists pipeline')
    await db.migrate.forceFreeMigrationsLock(migratorConfig(folder))
    const [, files] = (await db.migrate.latest(migratorConfig(folder))) as [number, string[]]
    return files
  })
}

/** Migration files that the database has not seen. */
export async function pendingMigrations(
  databaseUrl: string,
  folder = MIGRATIONS_FOLDER,
): Promise<readonly string[]> {
  return withKnex(databaseUrl, async (db) => {
    const [, pending] = (await db.migrate.list(migratorConfig(folder))) as [unknown, string[]]
    return pending
  })
}

async function withKnex<T>(databaseUrl: string, work: (db: Knex) => Promise<T>): Promise<T> {
  const db = knex({
    client: 'pg',
    connection: { connectionString: databaseUrl },
    pool: { min: 0, max: 2 },
  })
  try {
    return await work(db)
  } finally {
    await db.destroy()
  }
}

function migratorConfig(folder: string): Knex.MigratorConfig {
  return { migrationSource: sqlFiles(folder), schemaName: 'pipeline', tableName: 'migration' }
}

/** The names of a release's migrations, in their order. */
export async function listMigrations(folder = MIGRATIONS_FOLDER): Promise<string[]> {
  return (await readdir(folder)).filter((file) => /^\d{4}_.*\.sql$/.test(file)).sort()
}

function sqlFiles(folder: string): Knex.MigrationSource<string> {
  return {
    getMigrations: () => listMigrations(folder),
    getMigrationName: (file) => file,
    getMigration: async (file) => {
      const sql = await readFile(path.join(folder, file), 'utf8')
      return {
        up: (db) => db.raw(sql.replaceAll('?', '\\?')),
        down: () => Promise.reject(new Error('migrations only add')),
      }
    },
  }
}
