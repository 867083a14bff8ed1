import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The checkout's `migrations/`: numbered SQL files, each run once in its own transaction. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../../migrations/', import.meta.url))

/** The names of a release's migrations, in their order. */
export async function listMigrations(folder = MIGRATIONS_FOLDER): Promise<string[]> {
  return (await readdir(folder)).filter((file) => /^\d{4}_.*\.sql$/.test(file)).sort()
}
