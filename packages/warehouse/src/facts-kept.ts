import { Fault } from '@millrace/contracts/fault'
import type { Queryable } from '@millrace/kpis/queryable'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from './database.ts'
import type { DeadRecord, FactRecord } from './write/fact-batch.ts'

/** What retention keeps of the facts. Days as yyyy-mm-dd, empty while nothing was ever taken away. */
export interface FactsKept {
  /** Events dated before it are not loaded any more, and the totals of earlier days stay as they are. */
  readonly firstDay: string
  /** Facts of earlier days are gone. */
  readonly deletedBefore: string
}

/**
 * Held shared by every load, swap and `millrace migrate`, and alone by whoever moves the first day or begins an erasure:
 * what is under way has not seen another one.
 */
const LOCK = `hashtextextended('millrace.facts_kept', 0)`

const DAY = (column: string): string => `case when isfinite(${column}) then ${column}::text else '' end`

export async function readFactsKept(db: Queryable): Promise<FactsKept> {
  const { rows } = await db.query<FactsKept>(
    `select ${DAY('first_day')} as "firstDay", ${DAY('deleted_before')} as "deletedBefore" from pipeline.facts_kept`,
  )
  return rows[0] ?? { firstDay: '', deletedBefore: '' }
}

/**
 * Moves the first kept day forward, unless a KPI is not filled from the facts yet: days that it passes are never filled.
 * Loads under way are waited for, and later ones wait meanwhile, 2 s at most. Returns the KPI for which it stays.
 * @throws the error of Postgres, SQLSTATE 55P03, when a load takes longer: try again.
 */
export async function moveFirstDay(pool: Pool, firstDay: string): Promise<string | undefined> {
  if ((await readFactsKept(pool)).firstDay >= firstDay) return undefined
  return inTransaction(pool, async (tx) => {
    await waitForLoads(tx)
    const { rows } = await tx.query<{ kpi: string }>(
      'select kpi from pipeline.kpi_definition where filled_at is null order by kpi limit 1',
    )
    if (rows[0]) return rows[0].kpi
    await tx.query('update pipeline.facts_kept set first_day = $1 where first_day < $1', [firstDay])
    return undefined
  })
}

/**
 * From here on no load begins before the transaction has ended, and none is under way; waits 2 s at most. What is written
 * now is seen by every later load.
 * @throws the error of Postgres, SQLSTATE 55P03, when a load takes longer: try again.
 */
export async function waitForLoads(tx: PoolClient): Promise<void> {
  await tx.query(`set local lock_timeout = '2s'`)
  await tx.query(`select pg_advisory_xact_lock(${LOCK})`)
}

export async function noteDeleted(pool: Pool, before: string): Promise<void> {
  await pool.query('update pipeline.facts_kept set deleted_before = $1 where deleted_before < $1', [before])
}

/** The first kept day stays what it is until the transaction ends; the answer comes in a later statement than the lock. */
export async function holdFirstDay(tx: PoolClient): Promise<string> {
  await tx.query(`select pg_advisory_xact_lock_shared(${LOCK})`)
  return (await readFactsKept(tx)).firstDay
}

/**
 * Totals of earlier days stay as they are: facts that came back there would count a second time.
 * @throws Fault `config_invalid` for a day (yyyy-mm-dd) before the first kept one.
 */
export function expectKept(day: string, firstDay: string): void {
  if (day >= firstDay) return
  throw new Fault('config_invalid', `Facts are kept from ${firstDay} on: expected no day before it`)
}

/** Sets apart what is dated before the first kept day: its neighbours are gone, it could not be counted rightly. */
export function setOldApart(
  records: readonly FactRecord[],
  firstDay: string,
): { readonly kept: readonly FactRecord[]; readonly old: readonly DeadRecord[] } {
  const isOld = ({ facts }: FactRecord): boolean => facts.event.businessDate < firstDay
  if (!records.some(isOld)) return { kept: records, old: [] }
  const old = records.filter(isOld).map(
    ({ offset, value }): DeadRecord => ({
      offset,
      value,
      code: 'timestamp_out_of_range',
      path: 'timestamp',
      detail: `dated before ${firstDay}, the first day whose facts are kept`,
    }),
  )
  return { kept: records.filter((record) => !isOld(record)), old }
}
