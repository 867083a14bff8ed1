import { Fault } from '@millrace/contracts/fault'
import pg from 'pg'

export interface PoolOptions {
  readonly url: string
  /** The service's role, taken on by every connection, so that it can do no more than its grants say. */
  readonly role?: string
  readonly max?: number
  /** Names the connections in pg_stat_activity. */
  readonly name: string
  /** A query without an answer by then fails and its connection is dropped; no limit when absent. */
  readonly queryTimeoutMs?: number
  onError?(error: Error): void
}

/** A pool of connections in UTC. An idle connection that breaks is reported, not thrown; the pool makes a new one. */
export function createPool({ url, role, max = 4, name, queryTimeoutMs, onError }: PoolOptions): pg.Pool {
  const options = ['-c timezone=UTC', ...(role ? [`-c role=${role}`] : [])].join(' ')
  const pool = new pg.Pool({
    connectionString: url,
    options,
    max,
    application_name: `millrace ${name}`,
    connectionTimeoutMillis: 5_000,
    ...(queryTimeoutMs !== undefined && { query_timeout: queryTimeoutMs }),
    // Asked after so much silence, and every second then: one that vanished without a word is given up after 20 s. The
    // system's own default is two hours.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  })
  pool.on('error', ({ message }) => {
    // A pool has ended a moment before its connections have: Postgres, stopping after us, may be the one to end them.
    // pg hangs the client, settings and all, on the error: only its message may reach a log.
    if (!pool.ending) onError?.(new Error(message))
  })
  // A connection that breaks while it is used tells its statement; unheard here, the same error would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/**
 * Runs the work in one transaction: all of it happens or nothing does.
 * @throws Fault `database_unavailable` when Postgres cannot be reached; errors of statements come through as they are.
 */
export async function inTransaction<T>(pool: pg.Pool, work: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
  const tx = await connect(pool)
  let broken: Error | undefined
  try {
    await tx.query('begin')
    const result = await work(tx)
    await tx.query('commit')
    return result
  } catch (error) {
    await tx.query('rollback').catch((cause: Error) => {
      broken = cause
    })
    throw error
  } finally {
    tx.release(broken)
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (cause) {
    throw new Fault('database_unavailable', 'Postgres cannot be reached', { cause })
  }
}
