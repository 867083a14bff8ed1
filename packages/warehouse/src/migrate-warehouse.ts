import { countries } from '@millrace/contracts/countries'
import { currencies } from '@millrace/contracts/currencies'
import { loadKpis } from '@millrace/kpis/load-kpis'
import type { Pool, PoolClient } from 'pg'
import { type AppliedKpis, applyKpis } from './apply-kpis.ts'
import { createPool } from './database.ts'
import { expectTimeZone } from './expect-time-zone.ts'
import { runMigrations } from './migrate.ts'
import { readTimeZone } from './read-time-zone.ts'

export interface MigrateOptions {
  readonly databaseUrl: string
  /** IANA name; the day of every fact is a day there. */
  readonly timeZone: string
  /** MILLRACE_DEFINITIONS: the folder of the user's own KPIs. */
  readonly definitions?: string | undefined
}

export interface Migrated extends AppliedKpis {
  /** Migration files run now. */
  readonly migrations: readonly string[]
}

/**
 * Brings a database to this release: numbered migrations, seeded dimensions, the KPIs' generated SQL, new KPIs filled.
 * @throws Fault `config_invalid` when the database was made with another business time zone.
 */
export async function migrateWarehouse({
  databaseUrl,
  timeZone,
  definitions,
}: MigrateOptions): Promise<Migrated> {
  const pool = createPool({ url: databaseUrl, name: 'migrate', max: 4 })
  const lock = await takeLock(pool)
  try {
    // Before anything is changed: a definition that cannot be used stops it.
    const kpis = await loadKpis(definitions)
    const migrations = await runMigrations(databaseUrl)
    await keepTimeZone(pool, timeZone)
    await seedDimensions(pool)
    const applied = await applyKpis(pool, kpis)
    return { migrations, ...applied }
  } finally {
    lock.release(true)
    await pool.end()
  }
}

/** One migrates, others wait. The lock is its connection's, so a killed process leaves none behind. */
async function takeLock(pool: Pool): Promise<PoolClient> {
  const holder = await pool.connect()
  await holder.query(`select pg_advisory_lock(hashtextextended('millrace.migrate', 0))`)
  return holder
}

async function keepTimeZone(pool: Pool, timeZone: string): Promise<void> {
  await pool.query(
    `insert into pipeline.setting (name, value) values ('business_time_zone', $1) on conflict (name) do nothing`,
    [timeZone],
  )
  expectTimeZone(timeZone, await readTimeZone(pool))
}

async function seedDimensions(pool: Pool): Promise<void> {
  await pool.query(
    `insert into warehouse.dim_currency (currency, exponent)
     select * from jsonb_to_recordset($1) as c (currency text, exponent int)
     on conflict (currency) do update set exponent = excluded.exponent
     where dim_currency.exponent <> excluded.exponent`,
    [JSON.stringify([...currencies].map(([currency, exponent]) => ({ currency, exponent })))],
  )
  await pool.query(
    `insert into warehouse.dim_country (country, name)
     select * from jsonb_to_recordset($1) as c (country text, name text)
     on conflict (country) do update set name = excluded.name where dim_country.name <> excluded.name`,
    [JSON.stringify([...countries].map(([country, name]) => ({ country, name })))],
  )
}
