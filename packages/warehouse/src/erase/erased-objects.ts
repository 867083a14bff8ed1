import type { Pool } from 'pg'
import { inTransaction } from '../database.ts'

/** An object of the archive that an erasure replaced. */
export interface ErasedObject {
  readonly key: string
  readonly erased: number
  readonly redacted: number
}

/** To be noted before the object is replaced; who comes again after a kill notes the same once more. */
export async function noteErasedObject(
  pool: Pool,
  erasureId: string,
  key: string,
  { erased, redacted }: Omit<ErasedObject, 'key'>,
): Promise<void> {
  await pool.query(
    `insert into pipeline.erased_object (erasure_id, key, erased, redacted) values ($1, $2, $3, $4)
     on conflict (erasure_id, key) do update set erased = excluded.erased, redacted = excluded.redacted`,
    [erasureId, key, erased, redacted],
  )
}

export async function readErasedObjects(pool: Pool, erasureId: string): Promise<readonly ErasedObject[]> {
  const { rows } = await pool.query<ErasedObject>(
    'select key, erased, redacted from pipeline.erased_object where erasure_id = $1',
    [erasureId],
  )
  return rows
}

const COMPACTING = `hashtextextended('millrace.compact', 0)`

/**
 * Runs work that writes to Parquet what it has read: it begins by reading tombstones, and an erasure that has put new ones
 * waits for its end before it looks into the files.
 */
export async function whileCompacting<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  return inTransaction(pool, async (tx) => {
    await tx.query('set local idle_in_transaction_session_timeout = 0')
    await tx.query(`select pg_advisory_xact_lock_shared(${COMPACTING})`)
    return work()
  })
}

/** Until all have ended that may not have seen the tombstones that are there now. */
export async function waitForCompactors(pool: Pool): Promise<void> {
  await inTransaction(pool, (tx) => tx.query(`select pg_advisory_xact_lock(${COMPACTING})`))
}
