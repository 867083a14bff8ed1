import type { Queryable } from '@millrace/kpis/queryable'
import type { DayRange } from '@millrace/kpis/read-totals'
import { type FactTable, isOneOf, rowsOfDays } from './fact-table.ts'

/** What a table holds of the window, here and there, and the days on which that is not the same. */
export interface TableComparison {
  readonly table: string
  /** Rows. */
  readonly live: number
  readonly replayed: number
  readonly days: readonly DayDifference[]
}

export interface DayDifference {
  /** yyyy-mm-dd */
  readonly day: string
  readonly live: number
  readonly replayed: number
  /** Another one when a row of the day is another one. */
  readonly liveHash: string
}

export interface Databases {
  readonly live: Queryable
  readonly shadow: Queryable
}

/** Compares a table day by day: how many rows, and a sum of their hashes, which does not depend on their order. */
export async function compareFacts(
  { live, shadow }: Databases,
  table: FactTable,
  window: DayRange,
  timeZone: string,
): Promise<TableComparison> {
  const [here, there] = await Promise.all([
    readDays(live, table, window, timeZone),
    readDays(shadow, table, window, timeZone),
  ])
  const days = [...new Set([...here.keys(), ...there.keys()])].sort()
  return {
    table: table.name,
    live: rowsIn(here),
    replayed: rowsIn(there),
    days: days
      .filter((day) => here.get(day)?.hash !== there.get(day)?.hash)
      .map((day) => ({
        day,
        live: here.get(day)?.count ?? 0,
        replayed: there.get(day)?.count ?? 0,
        liveHash: here.get(day)?.hash ?? NO_ROWS,
      })),
  }
}

/** Whether the live rows of the days that differ are those that were compared. */
export async function isAsCompared(
  live: Queryable,
  table: FactTable,
  { days }: TableComparison,
  window: DayRange,
  timeZone: string,
): Promise<boolean> {
  const now = await readDays(
    live,
    table,
    window,
    timeZone,
    days.map(({ day }) => day),
  )
  return days.every(({ day, liveHash }) => (now.get(day)?.hash ?? NO_ROWS) === liveHash)
}

const NO_ROWS = ''

interface Day {
  readonly count: number
  /** With the count in it. */
  readonly hash: string
}

async function readDays(
  db: Queryable,
  table: FactTable,
  window: DayRange,
  timeZone: string,
  only?: readonly string[],
): Promise<ReadonlyMap<string, Day>> {
  const { from, day } = rowsOfDays(table, window, timeZone)
  const where = only ? `${from} and ${isOneOf(day, only)}` : from
  // md5, because the server's own hash may be another one on another server.
  const { rows } = await db.query<Day & { day: string }>(
    `select ${day}::text as day, count(*)::double precision as count,
       count(*) || ' ' || sum(('x' || left(md5(row(${prefixed('f', table.compared)})::text), 16))::bit(64)::bigint) as hash
     from ${where} group by ${day}`,
  )
  return new Map(rows.map(({ day, count, hash }) => [day, { count, hash }]))
}

function rowsIn(days: ReadonlyMap<string, Day>): number {
  return [...days.values()].reduce((sum, { count }) => sum + count, 0)
}

/** `f.a, f.b` */
export function prefixed(alias: string, columns: readonly string[]): string {
  return columns.map((column) => `${alias}.${column}`).join(', ')
}
