import type { Queryable } from '@millrace/kpis/queryable'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../database.ts'
import { waitForLoads } from '../facts-kept.ts'
import { isContention } from '../is-contention.ts'
import type { WarehouseCounts } from './erase-facts.ts'

/** An erasure that is not finished. */
export interface Erasure {
  readonly erasureId: string
  /** Pseudonyms of the persons, everyone whom they are linked to among them. */
  readonly people: ReadonlySet<string>
  /** ISO 8601 UTC; undefined while facts are still to be deleted. */
  readonly erasedAt?: string
  /** What went from the warehouse, once it did. */
  readonly counts?: WarehouseCounts
}

const MOST_TRIES = 30

/**
 * Writes the tombstones of these persons and of all who count as them. Loads under way are waited for, so that their
 * links and facts are known; every later load honours the tombstones. From here on nothing of the persons is added.
 */
export async function beginErasure(
  pool: Pool,
  erasureId: string,
  given: readonly string[],
): Promise<ReadonlySet<string>> {
  return whenFree(() =>
    inTransaction(pool, async (tx) => {
      await waitForLoads(tx)
      const people = await readLinked(tx, given)
      await tx.query('insert into pipeline.erasure (erasure_id) values ($1)', [erasureId])
      await tx.query(
        `insert into pipeline.erased_person (erasure_id, person_hash, person_id)
         select $1, pipeline.tombstone_of(person), person from unnest($2::uuid[]) as person`,
        [erasureId, [...people]],
      )
      return people
    }),
  )
}

/** Runs the work unless another process erases; undefined then. The lock is its connection's: a killed process leaves none. */
export async function whileAlone<T>(
  pool: Pool,
  work: () => Promise<T>,
): Promise<{ readonly result: T } | undefined> {
  const holder = await pool.connect()
  try {
    const { rows } = await holder.query<{ free: boolean }>(`select pg_try_advisory_lock(${ALONE}) as free`)
    return rows[0]?.free ? { result: await work() } : undefined
  } finally {
    // Ending the connection would free it too, a little later.
    await holder.query(`select pg_advisory_unlock(${ALONE})`).catch(() => undefined)
    holder.release(true)
  }
}

const ALONE = `hashtextextended('millrace.erase', 0)`

/** Does it again while others hold what it wants: loaders go first. */
export async function whenFree<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === MOST_TRIES || !isContention(error)) throw error
    }
  }
}

/** These persons and all who count as the same. */
export async function readLinked(db: Queryable, given: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ person: string }>(
    `with known as (
       select distinct canonical_id from warehouse.dim_person where person_id = any ($1::uuid[])
     )
     select unnest($1::uuid[])::text as person
     union select canonical_id::text from known
     union select person.person_id::text from warehouse.dim_person person join known using (canonical_id)
       where person.canonical_id <> person.person_id`,
    [given],
  )
  return new Set(rows.map(({ person }) => person))
}

/** Erasures that are not finished, the oldest first. */
export async function readUnfinished(db: Queryable): Promise<readonly Erasure[]> {
  const { rows } = await db.query<{
    erasureId: string
    people: string[]
    erasedAt: string | null
    counts: WarehouseCounts | null
  }>(
    `select erasure_id as "erasureId", counts, array_agg(person_id::text) as people,
       case when isfinite(erased_at) then ${ISO_TIME} end as "erasedAt"
     from pipeline.erasure join pipeline.erased_person using (erasure_id)
     where finished_at is null group by erasure_id order by requested_at`,
  )
  return rows.map(({ erasureId, people, erasedAt, counts }) => ({
    ...{ erasureId, people: new Set(people) },
    ...(erasedAt !== null && counts !== null && { erasedAt, counts }),
  }))
}

const ISO_TIME = `to_char(erased_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/**
 * Says that all facts are gone, in the transaction that deleted them: what is received from here on counts again.
 * `marginMs` later, so that clocks may differ by so much. Returns that moment.
 */
export async function closeErasure(
  tx: PoolClient,
  erasureId: string,
  { counts, marginMs }: { readonly counts: WarehouseCounts; readonly marginMs: number },
): Promise<string> {
  const { rows } = await tx.query<{ erasedAt: string }>(
    `update pipeline.erasure set counts = $2,
       erased_at = date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => $3::double precision / 1000)
     where erasure_id = $1 returning ${ISO_TIME} as "erasedAt"`,
    [erasureId, JSON.stringify(counts), marginMs],
  )
  return rows[0]?.erasedAt ?? ''
}

/** Which of these are finished, and so long ago that the log has lost what it held, and the spool is younger. */
export async function readOutlived(
  db: Queryable,
  erasureIds: readonly string[],
  spooledSince: Date,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select erasure_id as id from pipeline.erasure
     where erasure_id = any ($1::uuid[]) and finished_at is not null and erased_at < $2
       and (receipt #>> '{log,keptUntil}')::timestamptz < now()`,
    [erasureIds, spooledSince],
  )
  return rows.map(({ id }) => id)
}

/** Keeps the receipt; of the persons only hashes are left. */
export async function finishErasure(pool: Pool, erasureId: string, receipt: object): Promise<void> {
  await inTransaction(pool, async (tx) => {
    await tx.query('update pipeline.erased_person set person_id = null where erasure_id = $1', [erasureId])
    await tx.query('delete from pipeline.erased_object where erasure_id = $1', [erasureId])
    await tx.query('update pipeline.erasure set finished_at = now(), receipt = $2 where erasure_id = $1', [
      erasureId,
      JSON.stringify(receipt),
    ])
  })
}
