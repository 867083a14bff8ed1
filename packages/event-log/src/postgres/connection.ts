import { Fault } from '@millrace/contracts/fault'
import type pg from 'pg'
import { withinTime } from '../within-time.ts'

export interface ConnectionSettings {
  readonly connection: string | pg.ClientConfig
  /** Shown in pg_stat_activity. */
  readonly applicationName: string
  /** Postgres role to act as. */
  readonly role?: string
  /** Postgres settings of the session, as `{ statement_timeout: 2000 }`. */
  readonly settings: Readonly<Record<string, string | number>>
}

// A peer that vanished without a word is given up after about 10 s, so that its locks do not outlive it for hours.
const KEEP_ALIVE = { tcp_keepalives_idle: 5, tcp_keepalives_interval: 2, tcp_keepalives_count: 3 }

/**
 * What `pg` needs to connect so.
 * @throws Fault `config_invalid` when the connection string is no URL or the role no plain name.
 */
export function connectionConfig(wanted: ConnectionSettings): pg.ClientConfig {
  const { connection, applicationName, role, settings } = wanted
  if (role !== undefined && !/^[A-Za-z_][A-Za-z0-9_$]*$/.test(role)) {
    throw new Fault('config_invalid', 'role: expected the plain name of a Postgres role')
  }
  const all = { ...KEEP_ALIVE, ...settings, ...(role === undefined ? {} : { role }) }
  const options = Object.entries(all)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
  const common = { application_name: applicationName, keepAlive: true }
  if (typeof connection !== 'string') {
    return { ...connection, ...common, options: joinOptions(connection.options, options) }
  }
  return { ...common, connectionString: withOptions(connection, options) }
}

function withOptions(connectionString: string, options: string): string {
  // pg lets the URL's options replace those of the config: they have to stand in the URL.
  const url = URL.canParse(connectionString) ? new URL(connectionString) : undefined
  if (url === undefined) {
    throw new Fault('config_invalid', 'connection string: expected postgresql://user@host:port/database')
  }
  url.searchParams.set('options', joinOptions(url.searchParams.get('options') ?? undefined, options))
  return url.href
}

function joinOptions(given: string | undefined, ours: string): string {
  return given ? `${given} ${ours}` : ours
}

/** Runs one statement; a connection that failed or did not answer in time is not used again. */
export async function queryWithin<R extends pg.QueryResultRow>(
  pool: pg.Pool,
  query: pg.QueryConfig,
  timeoutMs: number,
): Promise<readonly R[]> {
  const client = await pool.connect()
  try {
    const { rows } = await withinTime(client.query<R>(query), timeoutMs)
    client.release()
    return rows
  } catch (error) {
    client.release(true)
    throw error
  }
}
