import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { MIGRATIONS_FOLDER } from '@millrace/warehouse/list-migrations'
import { runMigrations } from '@millrace/warehouse/migrate'
import pg from 'pg'
import { dumpSchema } from './dump-schema.ts'
import { startPostgres } from './servers/start-postgres.ts'

// `npm run schema`: the dump of a fresh database with all migrations, to read and to see changes of in a diff.
const postgres = await startPostgres({ major: 18 })
const client = new pg.Client({ connectionString: postgres.url })
try {
  await runMigrations(postgres.url)
  await client.connect()
  await writeFile(path.join(MIGRATIONS_FOLDER, 'schema.sql'), await dumpSchema(client))
} finally {
  await client.end()
  await postgres.stop()
}
