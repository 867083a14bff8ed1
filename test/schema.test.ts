import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { MIGRATIONS_FOLDER } from '@millrace/warehouse/list-migrations'
import { runMigrations } from '@millrace/warehouse/migrate'
import pg from 'pg'
import { beforeAll, expect, inject, test } from 'vitest'
import { dumpSchema } from './support/dump-schema.ts'
import { onServer } from './support/on-server.ts'

/** Other versions word definitions in other ways. */
const DUMPED_WITH = 18

let database: pg.Client

// The tests' template holds the KPIs' generated SQL as well; the dump is of the migrations alone.
beforeAll(async () => {
  const server = inject('postgresUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(server, `create database ${name} template template0`)
  const url = new URL(server)
  url.pathname = `/${name}`
  await runMigrations(url.href)
  database = new pg.Client({ connectionString: url.href })
  await database.connect()
  return async () => {
    await database.end()
    await onServer(server, `drop database ${name}`)
  }
})

test('migrations/schema.sql is the dump of a fresh database with all migrations (npm run schema writes it)', async (context) => {
  const { rows } = await database.query<{ version: string }>(
    `select current_setting('server_version_num') as version`,
  )
  const major = Math.floor(Number(rows[0]?.version) / 10_000)
  context.skip(major !== DUMPED_WITH, `the dump is of Postgres ${DUMPED_WITH}, this is ${major}`)
  const written = await readFile(path.join(MIGRATIONS_FOLDER, 'schema.sql'), 'utf8')
  expect((await dumpSchema(database)).split('\n')).toEqual(written.split('\n'))
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
  const before = await dumpSchema(database)
  expect(await dumpSchema(database)).toBe(before)
  await database.query('begin')
  try {
    await database.query(sql)
    expect(await dumpSchema(database)).not.toBe(before)
  } finally {
    await database.query('rollback')
  }
})
