import type { DayRange } from '@millrace/kpis/read-totals'
import type { PoolClient } from 'pg'
import { prefixed } from './compare-facts.ts'
import { copyAcross } from './copy-across.ts'
import { type FactTable, isOneOf, rowsOfDays, within } from './fact-table.ts'

export interface SwapDeps {
  /** In a transaction in which no other one writes facts. */
  readonly live: PoolClient
  readonly shadow: PoolClient
  readonly window: DayRange
  readonly timeZone: string
}

export interface SwappedTable {
  readonly table: string
  /** Rows. */
  readonly removed: number
  readonly added: number
}

/**
 * Replaces the rows of some days that differ by the shadow's; the others are not touched. Rows are removed by their key
 * too: one may stand on another day. The KPI totals follow by the tables' triggers.
 */
export async function swapFacts(
  deps: SwapDeps,
  table: FactTable,
  days: readonly string[],
): Promise<SwappedTable> {
  const { live, shadow, window, timeZone } = deps
  const { name, key, columns, compared } = table
  const { from, day } = rowsOfDays(table, window, timeZone)
  const onTheDays = `${from} and ${isOneOf(day, days)}`
  await live.query(
    `create temp table replayed on commit drop as select ${columns.join(', ')} from warehouse.${name} with no data`,
  )
  await copyAcross(
    shadow,
    `select ${prefixed('f', columns)} from ${onTheDays}`,
    live,
    `replayed (${columns.join(', ')})`,
  )
  await live.query('analyze replayed')
  const { rowCount: removed } = await live.query(
    `delete from warehouse.${name} old
     where (${prefixed('old', key)}) in (
         select ${prefixed('f', key)} from ${onTheDays} union all select ${prefixed('r', key)} from replayed r)
       and not exists (
         select from replayed r
         where (${prefixed('r', key)}) = (${prefixed('old', key)})
           and (${prefixed('r', compared)}) is not distinct from (${prefixed('old', compared)}))
       ${pruned(table, window, days)}`,
  )
  const { rowCount: added } = await live.query(
    `insert into warehouse.${name} (${columns.join(', ')}) select ${columns.join(', ')} from replayed
     order by ${key.join(', ')} on conflict do nothing`,
  )
  await live.query('drop table replayed')
  if (name === 'fact_event') await claim(deps, onTheDays)
  return { table: name, removed: removed ?? 0, added: added ?? 0 }
}

/** Where the day is part of the key, no other partition has to be looked into. */
function pruned({ key }: FactTable, window: DayRange, days: readonly string[]): string {
  if (!key.includes('business_date')) return ''
  const [first = window.from] = days
  return `and ${within('old.business_date', { from: first, to: window.to })}`
}

/** An event that comes once more must not count again. */
async function claim({ live, shadow }: SwapDeps, onTheDays: string): Promise<void> {
  await live.query('create temp table claimed (event_id uuid, content_hash bigint) on commit drop')
  await copyAcross(
    shadow,
    `select event_id, content_hash from pipeline.event_seen where event_id in (select f.event_id from ${onTheDays})`,
    live,
    'claimed (event_id, content_hash)',
  )
  await live.query(
    `insert into pipeline.event_seen select event_id, content_hash from claimed order by event_id on conflict do nothing;
     drop table claimed`,
  )
}
