import { readFile } from 'node:fs/promises'
import path from 'node:path'
import knex, { type Knex } from 'knex'
import { listMigrations, MIGRATIONS_FOLDER } from './list-migrations.ts'

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
