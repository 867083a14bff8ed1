import type { Pool } from 'pg'

/** Does the work while a transaction that ran the statement is open; then that one is rolled back. */
export async function whileOpen<T>(pool: Pool, sql: string, work: () => Promise<T>): Promise<T> {
  const other = await pool.connect()
  try {
    await other.query('begin')
    await other.query(sql)
    return await work()
  } finally {
    other.release(true)
  }
}
