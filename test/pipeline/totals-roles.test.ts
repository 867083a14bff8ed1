import { factColumns } from '@millrace/contracts/fact-columns'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { createPool } from '@millrace/warehouse/database'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestLoader } from '../support/loading.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'
import { whileOpen } from '../support/while-open.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  await createTestLoader(database.pool).load([
    stampedEvent({ messageId: 'm1', anonymousPerson: personOf('v') }),
  ])
})
afterAll(() => database.drop())

async function as<T>(role: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = createPool({ url: database.url, role, name: 'test', max: 1 })
  try {
    return await work(pool)
  } finally {
    await pool.end()
  }
}

const DENIED = { code: '42501' }

describe('an analyst', () => {
  test('reads every table and view of the warehouse', async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'warehouse'
       union all select format('%I.%I', schemaname, viewname) from pg_views where schemaname = 'warehouse'`,
    )
    expect(rows.length).toBeGreaterThan((await loadKpis()).length + 20)
    await as('analyst', async (pool) => {
      for (const { name } of rows) await pool.query(`select * from ${name} limit 1`)
    })
  })

  test.each([
    `insert into warehouse.dim_channel values ('x')`,
    'update warehouse.fact_event set country = country',
    'delete from warehouse.kpi_total',
    'truncate warehouse.fact_event',
    'create table warehouse.own (n int)',
    'create function warehouse.own() returns int language sql return 1',
    'select * from pipeline.event_seen',
    'select * from pipeline.quarantine',
    `select pipeline.ensure_event_partitions(array['2030-01-01'::date])`,
  ])('may not %s', async (sql) => {
    await as('analyst', (pool) => expect(pool.query(sql)).rejects.toMatchObject(DENIED))
  })
})

describe('the loader', () => {
  test.each([
    'select * from warehouse.kpi_total',
    'update warehouse.kpi_total set entries = 0',
    'delete from warehouse.kpi_total',
    `insert into warehouse.kpi_total values ('orders', '2026-01-01', now(), '{}', 0, 0, 1, 0, 0)`,
    'truncate warehouse.fact_event',
    'truncate warehouse.fact_person_day',
    `insert into warehouse.fact_event_2026_11 select * from warehouse.fact_event`,
    'delete from warehouse.fact_event_2026_11',
    'alter table warehouse.fact_event disable trigger all',
    'drop trigger kpi_totals_insert on warehouse.fact_event',
    `set session_replication_role = 'replica'`,
    'delete from pipeline.event_seen',
    'update pipeline.load_ledger set loaded = 0',
    `update pipeline.kpi_definition set filled_at = null`,
  ])('may not %s', async (sql) => {
    await as('millrace_loader', (pool) => expect(pool.query(sql)).rejects.toMatchObject(DENIED))
  })
})

test('the columns that KPIs are declared on are those of the database', async () => {
  const { rows } = await database.pool.query<{ table: string; column: string; type: string }>(
    `select relname as table, attname as column, format_type(atttypid, null) as type
     from pg_attribute join pg_class c on c.oid = attrelid
     where relnamespace = 'warehouse'::regnamespace and attnum > 0 and not attisdropped`,
  )
  const types = new Map(rows.map(({ table, column, type }) => [`${table}.${column}`, type]))
  const declared = Object.entries(factColumns).flatMap(([table, columns]) =>
    Object.entries(columns).map(([column, type]) => [`${table}.${column}`, type] as const),
  )
  const shown = declared.map(([name]) => [
    name,
    types.get(name)?.replace('timestamp with time zone', 'timestamptz'),
  ])
  expect(shown).toEqual(declared)
})

test('a new month does not wait for a long question about the months before', async () => {
  const event = stampedEvent({
    messageId: 'm2',
    timestamp: '2026-07-01T12:00:00.000Z',
    anonymousPerson: personOf('v'),
  })
  await whileOpen(database.pool, 'select count(*) from warehouse.fact_event', () =>
    createTestLoader(database.pool).load([event], 1),
  )
  const { rows } = await database.pool.query(
    `select indexdef from pg_indexes where tablename = 'fact_event_2026_07' order by 1`,
  )
  expect(rows.map(({ indexdef }) => /using (.*)/i.exec(indexdef)?.[1])).toEqual([
    'brin (occurred_at)',
    'btree (event_id, business_date)',
  ])
})
