import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { Fault } from '@millrace/contracts/fault'
import { startEmbeddedPostgres } from '@millrace/runtime/embedded-postgres'
import type { Logger } from '@millrace/runtime/logger'
import { createPool } from '@millrace/warehouse/database'
import { keptSecret } from './kept-secret.ts'

export interface Database {
  readonly url: string
  /** The address for people with questions, who may read the warehouse; undefined for a database that is not ours. */
  readonly analystUrl: () => Promise<string | undefined>
  /** As `Postgres 127.0.0.1:5432/millrace`, without secrets. */
  readonly shown: string
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly databaseUrl: string | undefined
  readonly dataDir: string
  readonly logger: Logger
}

/** The Postgres of DATABASE_URL, else an embedded one in the data folder. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return options.databaseUrl ? givenDatabase(options.databaseUrl) : embeddedDatabase(options)
}

async function givenDatabase(url: string): Promise<Database> {
  const { host, pathname } = new URL(url)
  const pool = createPool({ url, name: 'up', max: 1 })
  try {
    await pool.query('select 1')
  } catch (cause) {
    throw new Fault(
      'database_unavailable',
      `DATABASE_URL: Postgres at ${host} cannot be used: ${(cause as Error).message}`,
      { cause },
    )
  } finally {
    await pool.end()
  }
  return {
    url,
    analystUrl: async () => undefined,
    shown: `${host}${pathname} (DATABASE_URL)`,
    close: async () => {},
  }
}

async function embeddedDatabase({ dataDir, logger }: DatabaseOptions): Promise<Database> {
  const postgres = await startEmbeddedPostgres({ dataDir, logger })
  return {
    url: postgres.url,
    analystUrl: async () => letAnalystsIn(postgres.url, path.join(dataDir, 'analyst-password')),
    shown: `127.0.0.1:${postgres.port}${postgres.adopted ? ', still running from before' : ''}`,
    close: () => postgres.close(),
  }
}

/** The role `analyst` of the migrations cannot log in: on a server of our own it gets a password, kept beside the data. */
async function letAnalystsIn(url: string, passwordFile: string): Promise<string> {
  const password = await keptSecret(passwordFile, () => randomBytes(16).toString('hex'))
  const pool = createPool({ url, name: 'up', max: 1 })
  try {
    // A statement of this kind takes no parameters; the password is hexadecimal.
    await pool.query(`alter role analyst with login password '${password}'`)
  } finally {
    await pool.end()
  }
  const analyst = new URL(url)
  analyst.username = 'analyst'
  analyst.password = password
  return analyst.href
}
