import { Fault } from '@millrace/contracts/fault'
import type { Queryable } from '@millrace/kpis/queryable'

/**
 * The KPIs whose totals are whole. One that is new, or whose definition changed, is not until `millrace migrate` has
 * filled it from the facts: it is better shown as unknown than as too little.
 * @throws Fault `config_invalid` when the days in this database are days of another time zone.
 */
export async function readFilledKpis(db: Queryable, timeZone: string): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ timeZone: string | null; filled: readonly string[] }>(
    `select (select value from pipeline.setting where name = 'business_time_zone') as "timeZone",
       array(select kpi from pipeline.kpi_definition where filled_at is not null) as filled`,
  )
  const { timeZone: kept, filled = [] } = rows[0] ?? {}
  if (kept && kept !== timeZone) {
    throw new Fault(
      'config_invalid',
      `BUSINESS_TIME_ZONE is ${timeZone}, but the days in this database are days in ${kept}: set it to ${kept}`,
    )
  }
  return new Set(filled)
}
