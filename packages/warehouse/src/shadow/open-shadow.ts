import { Fault } from '@millrace/contracts/fault'
import type { Queryable } from '@millrace/kpis/queryable'
import { quote } from '@millrace/kpis/sql/quote'
import type { Pool, PoolClient } from 'pg'
import { createPool } from '../database.ts'
import { migrateWarehouse } from '../migrate-warehouse.ts'

export interface ShadowOptions {
  readonly liveUrl: string
  /** An empty database, for those who may not make one: only its tables are made and dropped. */
  readonly url?: string
  /** IANA name: the live database's. */
  readonly timeZone: string
  /** MILLRACE_DEFINITIONS */
  readonly definitions?: string | undefined
  readonly connections: number
}

export interface Shadow {
  readonly pool: Pool
  /** Drops it. */
  close(): Promise<void>
}

/**
 * Makes the database that the past is recomputed into: its tables are those of this release, its KPIs as they are defined
 * now. What a replay that was killed left behind goes first; a database that is anything else is refused.
 * @throws Fault `config_invalid` when it is, or may not be made, `already_running` when there is another replay.
 */
export async function openShadow(options: ShadowOptions): Promise<Shadow> {
  const server = createPool({ url: options.liveUrl, name: 'replay', max: 1 })
  try {
    const holder = await server.connect()
    try {
      await onlyOne(holder)
      const shadow = options.url
        ? await useDatabase(options.url, options)
        : await makeDatabase(holder, options)
      return {
        pool: shadow.pool,
        async close() {
          await shadow.pool.end()
          await shadow.drop().finally(() => holder.release(true))
          await server.end()
        },
      }
    } catch (error) {
      holder.release(true)
      throw error
    }
  } catch (error) {
    await server.end()
    throw error
  }
}

/** The lock is its connection's, so a killed process leaves none behind. */
async function onlyOne(holder: PoolClient): Promise<void> {
  const { rows } = await holder.query<{ free: boolean }>(
    `select pg_try_advisory_lock(hashtextextended('millrace.replay', 0)) as free`,
  )
  if (!rows[0]?.free) throw new Fault('already_running', 'Another replay of this database is running')
}

interface Filled {
  readonly pool: Pool
  drop(): Promise<unknown>
}

async function makeDatabase(holder: PoolClient, { liveUrl, ...options }: ShadowOptions): Promise<Filled> {
  const { name, settings } = await describeLive(holder)
  const url = new URL(liveUrl)
  url.pathname = `/${encodeURIComponent(name)}`
  const drop = (): Promise<unknown> => holder.query(`drop database if exists ${quoteName(name)} with (force)`)
  if (await exists(holder, name)) await refuseForeign(url.href, name)
  await drop()
  await holder.query(`create database ${quoteName(name)} ${settings}`).catch((cause: Error) => {
    throw new Fault(
      'config_invalid',
      `Database ${name} cannot be made (${cause.message}): name an empty one with --shadow`,
      { cause },
    )
  })
  // What is lost in a crash is made again.
  await holder.query(`alter database ${quoteName(name)} set synchronous_commit = off`)
  return { pool: await fill(url.href, options), drop }
}

async function useDatabase(url: string, options: ShadowOptions): Promise<Filled> {
  await refuseForeign(url, new URL(url).pathname.slice(1))
  const drop = async (): Promise<void> => {
    const pool = createPool({ url, name: 'replay', max: 1 })
    await pool.query('drop schema if exists warehouse, pipeline cascade').finally(() => pool.end())
  }
  await drop()
  return { pool: await fill(url, options), drop }
}

const MARK = 'made by millrace replay, which drops it'

/** Nothing in it, or what is in it is a replay's. */
async function refuseForeign(url: string, name: string): Promise<void> {
  const pool = createPool({ url, name: 'replay', max: 1 })
  try {
    const { rows } = await pool.query<{ foreign: boolean }>(
      `select exists (
         select from pg_class c where c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
           and c.relnamespace::regnamespace::text !~ '^pg_toast' and c.relkind in ('r', 'p', 'v', 'm')
       ) and obj_description(to_regnamespace('pipeline'), 'pg_namespace') is distinct from ${quote(MARK)} as foreign`,
    )
    if (rows[0]?.foreign) {
      throw new Fault('config_invalid', `Database ${name} is not empty: name another one with --shadow`)
    }
  } finally {
    await pool.end()
  }
}

/** The mark comes first, so that what a killed replay leaves behind is known as its own. */
async function fill(
  url: string,
  { timeZone, definitions, connections }: Omit<ShadowOptions, 'liveUrl'>,
): Promise<Pool> {
  const pool = createPool({ url, name: 'replay', max: connections })
  try {
    await pool.query(`create schema pipeline; comment on schema pipeline is ${quote(MARK)}`)
    await migrateWarehouse({ databaseUrl: url, timeZone, definitions })
    return pool
  } catch (error) {
    await pool.end()
    throw error
  }
}

/** Texts are compared when facts are folded, so both databases have to put them in the same order. */
async function describeLive(db: Queryable): Promise<{ name: string; settings: string }> {
  const { rows } = await db.query<{ name: string; settings: string }>(
    `select datname || '_replay' as name,
       format('template template0 encoding %L lc_collate %L lc_ctype %L', pg_encoding_to_char(encoding), datcollate, datctype)
         as settings
     from pg_database where datname = current_database()`,
  )
  return rows[0] ?? { name: 'millrace_replay', settings: '' }
}

async function exists(db: Queryable, name: string): Promise<boolean> {
  const { rowCount } = await db.query('select from pg_database where datname = $1', [name])
  return rowCount === 1
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
