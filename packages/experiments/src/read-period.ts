import { Fault } from '@millrace/contracts/fault'
import type { QueryResultRow } from 'pg'
import type { Queryable } from './queryable.ts'

/** What a look at experiments takes in. */
export interface Period {
  /** Business days, yyyy-mm-dd, all included: exposures count from the first to the second, what follows to the third. */
  readonly from: string
  readonly exposedTo: string
  readonly to: string
  /** Nothing from this moment on counts. */
  readonly until: Date
}

export interface Look {
  readonly now: Date
  /** First and last business day of exposures. */
  readonly from?: string | undefined
  readonly exposedTo?: string | undefined
  /** The business day at whose end the look is taken, if that is not in the future. */
  readonly at?: string | undefined
}

/** Without a first day exposures of so many days before the look count: an experiment that ran longer needs a definition. */
export const LOOK_BACK_DAYS = 365

/**
 * The period up to the end of a business day, or to now, whichever is first.
 * @throws Fault `config_invalid` when the database was never migrated.
 */
export async function readPeriod(
  db: Queryable,
  { now, at, from, exposedTo }: Look,
  backDays = LOOK_BACK_DAYS,
): Promise<Period> {
  const { rows } = await db.query<Period & QueryResultRow>(
    `select coalesce($4::date, least(day, today) - $3::int)::text as from,
       least(day, today, $5::date)::text as "exposedTo", least(day, today)::text as to,
       least($1::timestamptz, (day + 1)::timestamp at time zone zone) as until
     from (
       select value as zone, ($1::timestamptz at time zone value)::date as today,
         coalesce($2::date, ($1::timestamptz at time zone value)::date) as day
       from pipeline.setting where name = 'business_time_zone'
     ) as days`,
    [now.toISOString(), at ?? null, backDays, from ?? null, exposedTo ?? null],
  )
  const [period] = rows
  if (period) return period
  throw new Fault('config_invalid', 'The database has no business time zone yet: run `millrace migrate`')
}
