import type { Pool, PoolClient } from 'pg'

/** Gives the work a connection, which is broken off when the signal is aborted: a long query ends with us. */
export async function onConnection<T>(
  pool: Pool,
  signal: AbortSignal,
  work: (db: PoolClient) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const client = await pool.connect()
  let released = false
  const release = (broken: boolean): void => {
    if (released) return
    released = true
    client.release(broken)
  }
  const onAbort = (): void => release(true)
  signal.addEventListener('abort', onAbort)
  try {
    return await work(client)
  } finally {
    signal.removeEventListener('abort', onAbort)
    release(false)
  }
}
