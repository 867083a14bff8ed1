import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import knex, { type Knex } from 'knex'

/** The checkout's `migrations/`: numbered SQL files, each run once in its own transaction. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../../migrations/', import.meta.url))

/** Brings the schema up to date; returns the files that were run now. Two callers at once are safe: one waits. */
export async function runMigrations(
  databaseUrl: string,
  folder = MIGRATIONS_FOLDER,
): Promise<readonly string[]> {
  const db = knex({ client: 'pg', connection: { connectionString: databaseUrl }, pool: { min: 0, max: 2 } })
  try {
    await db.raw('create schema if not exists pipeline')
    const [, files] = (await db.migrate.latest({
      migrationSource: sqlFiles(folder),
      schemaName: 'pipeline',
      tableName: 'migration',
    })) as [number, string[]]
    return files
  } finally {
    await db.destroy()
  }
}

function sqlFiles(folder: string): Knex.MigrationSource<string> {
  return {
    getMigrations: async () => (await readdir(folder)).filter((file) => /^\d{4}_.*\.sql$/.test(file)).sort(),
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
