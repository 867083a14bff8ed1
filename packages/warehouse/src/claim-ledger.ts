import { Fault } from '@millrace/contracts/fault'
import type { Queryable } from '@millrace/kpis/queryable'

const SETTING = 'log_identity'

/**
 * Positions and the ledger are offsets of one log: the first loader of a database says which, all others have to have the
 * same. A database that was loaded before this was asked belongs to whoever asks first.
 * @throws Fault `config_invalid` when the database belongs to another log.
 */
export async function claimLedger(db: Queryable, logIdentity: string): Promise<void> {
  await db.query('insert into pipeline.setting (name, value) values ($1, $2) on conflict (name) do nothing', [
    SETTING,
    logIdentity,
  ])
  const claimed = await readLogIdentity(db)
  if (claimed === logIdentity) return
  throw new Fault(
    'config_invalid',
    `This database was loaded from log ${claimed}, not from ${logIdentity}: its positions mean nothing there. ` +
      'Set KAFKA_BROKERS, KAFKA_PREFIX and DATABASE_URL so that log and database belong together, or load into a new ' +
      'database',
  )
}

/** The log that positions and ledger are offsets of; undefined before the first loader. */
export async function readLogIdentity(db: Queryable): Promise<string | undefined> {
  const { rows } = await db.query<{ value: string }>('select value from pipeline.setting where name = $1', [
    SETTING,
  ])
  return rows[0]?.value
}
