import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { MIGRATIONS_FOLDER } from '@millrace/warehouse/migrate'
import { expect, onTestFinished, test } from 'vitest'
import { dumpSchema } from './support/dump-schema.ts'
import { createTestDatabase } from './support/test-database.ts'

/** Other versions word definitions in other ways. */
const DUMPED_WITH = 18

test('migrations/schema.sql is the dump of a fresh database with all migrations (npm run schema writes it)', async (context) => {
  const { pool } = await openDatabase()
  const { rows } = await pool.query<{ version: string }>(
    `select current_setting('server_version_num') as version`,
  )
  const major = Math.floor(Number(rows[0]?.version) / 10_000)
  context.skip(major !== DUMPED_WITH, `the dump is of Postgres ${DUMPED_WITH}, this is ${major}`)
  expect(await dumpSchema(pool)).toBe(await readFile(path.join(MIGRATIONS_FOLDER, 'schema.sql'), 'utf8'))
})

test.each([
  ['a table', 'create table warehouse.planted (id int primary key)'],
  ['a column', 'alter table warehouse.dim_channel add column planted int'],
  ['a default', 'alter table pipeline.quarantine alter column received_at set default now()'],
  ['a constraint', 'alter table warehouse.dim_channel add constraint planted check (channel <> $$x$$)'],
  ['an index', 'create index planted on warehouse.dim_channel (channel)'],
  ['a function', 'create function warehouse.planted() returns int language sql as $$select 1$$'],
  ['a view', 'create view warehouse.planted as select channel from warehouse.dim_channel'],
  ['a grant', 'grant insert on warehouse.dim_channel to analyst'],
])('a dump tells %s that was added', async (_what, sql) => {
  const { pool } = await openDatabase()
  const before = await dumpSchema(pool)
  expect(await dumpSchema(pool)).toBe(before)
  await pool.query(sql)
  expect(await dumpSchema(pool)).not.toBe(before)
})

async function openDatabase(): ReturnType<typeof createTestDatabase> {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  return database
}
