import pg from 'pg'
import { createSlots } from '../create-slots.ts'
import { withinTime } from '../within-time.ts'
import type { RunQuery } from './partition-store.ts'

export interface SessionDeps {
  readonly config: pg.ClientConfig
  /** For connecting and for each statement. */
  readonly timeoutMs: number
  /** A message on the log's channel. */
  onMessage(payload: string): void
  /** The connection is gone, and its locks with it. Called once at most. */
  onLost(cause: unknown): void
}

/** A consumer's own connection: its locks live exactly as long. */
export interface Session {
  /** Tells it apart in pg_locks. */
  readonly backend: number
  /** A statement that fails or is not answered in time loses the session. */
  readonly query: RunQuery
  /** Gives the session up as if its connection were lost. */
  lose(cause: unknown): void
  close(): Promise<void>
}

/** Connects and listens to the log's channel. */
export async function openSession({ config, timeoutMs, onMessage, onLost }: SessionDeps): Promise<Session> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: timeoutMs })
  let state: 'opening' | 'open' | 'lost' | 'closing' = 'opening'

  const lose = (cause: unknown): void => {
    if (state !== 'open') return
    state = 'lost'
    onLost(cause)
    void client.end().catch(() => undefined)
  }
  const inTurn = createSlots(1)
  const query: RunQuery = <R extends pg.QueryResultRow>(statement: pg.QueryConfig) =>
    inTurn(async () => {
      if (state === 'lost') throw new Error('the connection is lost')
      try {
        return (await withinTime(client.query<R>(statement), timeoutMs)).rows
      } catch (error) {
        lose(error)
        throw error
      }
    })

  client.on('error', lose)
  client.on('end', () => lose(new Error('the connection ended')))
  client.on('notification', ({ payload }) => onMessage(payload ?? ''))
  try {
    await withinTime(client.connect(), timeoutMs)
    const [row] = await query<{ backend: number }>({ text: 'select pg_backend_pid() as backend' })
    await query({ text: 'listen millrace_log' })
    state = 'open'
    return {
      backend: row?.backend ?? 0,
      query,
      lose,
      async close() {
        if (state === 'open') state = 'closing'
        await client.end().catch(() => undefined)
      },
    }
  } catch (error) {
    void client.end().catch(() => undefined)
    throw error
  }
}
