import type { DayRange } from '@millrace/kpis/read-totals'
import { quote } from '@millrace/kpis/sql/quote'
import type { PoolClient, QueryResultRow } from 'pg'
import { copyAcross } from './copy-across.ts'

export interface OutsideDeps {
  /** Both in a transaction. */
  readonly live: PoolClient
  readonly shadow: PoolClient
  /** The days whose events are replayed. */
  readonly covered: DayRange
  readonly timeZone: string
}

/** Reads from the live database what it knows of the things that the replay touched: `from touched join …`. */
export async function readTouched<R extends QueryResultRow>(
  { live, shadow }: OutsideDeps,
  { table, id }: { readonly table: string; readonly id: string },
  select: string,
): Promise<R[]> {
  await live.query(`create temp table touched (source text, ${id} text) on commit drop`)
  await copyAcross(shadow, `select source, ${id} from warehouse.${table}`, live, `touched (source, ${id})`)
  await live.query('analyze touched')
  const { rows } = await live.query<R>(select)
  await live.query('drop table touched')
  return rows
}

/** SQL condition: there is such a day, and it is not replayed. */
export function outside(day: string, { from, to }: DayRange): string {
  return `(${day} < date ${quote(from)} or ${day} > date ${quote(to)})`
}

/** At most so many at a time in memory and in a statement. */
const AT_A_TIME = 5_000

export async function inChunks<T>(
  things: readonly T[],
  write: (some: readonly T[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < things.length; from += AT_A_TIME)
    await write(things.slice(from, from + AT_A_TIME))
}
