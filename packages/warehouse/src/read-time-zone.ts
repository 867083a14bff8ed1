import { Fault } from '@millrace/contracts/fault'
import type { Queryable } from '@millrace/kpis/queryable'

/**
 * The IANA zone whose days the days in this database are.
 * @throws Fault `config_invalid` when the database was never migrated.
 */
export async function readTimeZone(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ value: string }>(
    `select value from pipeline.setting where name = 'business_time_zone'`,
  )
  const [setting] = rows
  if (setting) return setting.value
  throw new Fault('config_invalid', 'The database has no business time zone yet: run `millrace migrate`')
}
