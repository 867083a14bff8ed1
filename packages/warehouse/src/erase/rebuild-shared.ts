import type { PoolClient } from 'pg'
import type { BusinessDate } from '../to-facts.ts'
import { writeBoxes } from '../write/write-boxes.ts'
import { writeOrders } from '../write/write-orders.ts'
import { writeRefunds } from '../write/write-refunds.ts'
import { writeSessions } from '../write/write-sessions.ts'
import { addTouched, keysOf, type SharedFact } from './person-facts.ts'
import { readEventsOf } from './read-events-of.ts'
import { forgetNames, readNames, underEachName } from './visitor-names.ts'

export interface RebuildDeps {
  readonly people: readonly string[]
  /** What the erased events were folded into. */
  readonly touched: readonly SharedFact[]
  readonly businessDate: BusinessDate
}

/**
 * Orders, refunds, boxes and sessions are folded from several events: those that the erased events were part of are
 * deleted and folded anew from the events that are left, by the loader's own statements. They are locked before the events
 * are read, in the loader's order, so that a load that adds to one of them comes before or after, never in between.
 * Returns how many rows went, by table; some of them may be there again with less in them.
 */
export async function rebuildShared(
  tx: PoolClient,
  { people, touched, businessDate }: RebuildDeps,
): Promise<Readonly<Record<string, number>>> {
  const known = addTouched(touched, await readOwned(tx, people), await forgetNames(tx, people))
  const visits = known.filter(({ kind }) => kind === 'visit')
  const names = await readNames(tx, keysOf(visits, 'visit')[1])
  const all = addTouched(known, underEachName(visits, names))
  await lockShared(tx, people, all)
  const facts = await readEventsOf(tx, all)
  const deleted = await deleteShared(tx, people, all)
  await writeSessions(tx, facts, businessDate, { nameOf: names.nameOf, renames: new Map() })
  await writeOrders(tx, facts)
  await writeRefunds(tx, facts)
  await writeBoxes(tx, facts)
  return deleted
}

/** What is of the persons although none of their events is kept any more: retention takes events first. */
async function readOwned(tx: PoolClient, people: readonly string[]): Promise<readonly SharedFact[]> {
  const { rows } = await tx.query<SharedFact>(
    `select 'order' as kind, source, order_id as key from warehouse.fact_order where person_id = any ($1::uuid[])
     union all
     select 'refund', source, refund_id from warehouse.fact_refund where person_id = any ($1::uuid[])
     union all
     select distinct case kind when 'id' then 'session' else 'visit' end, source, session_key
     from warehouse.fact_session where person_id = any ($1::uuid[])`,
    [people],
  )
  return rows
}

const given = (table: string, key: string): string =>
  `(${table}.source, ${table}.${key}) in (select * from unnest($1::text[], $2::text[]))`

/** In the loader's order: visits by their visitor's row in dim_person, the others by their own. */
async function lockShared(
  tx: PoolClient,
  people: readonly string[],
  all: readonly SharedFact[],
): Promise<void> {
  const visitors = keysOf(all, 'visit')[1].filter((visitor) => !people.includes(visitor))
  await tx.query(
    `select from warehouse.dim_person where person_id = any ($1::uuid[]) order by person_id for no key update`,
    [visitors],
  )
  await tx.query(
    `select from warehouse.fact_session session where kind = 'id' and ${given('session', 'session_key')}
     order by source, session_key, part for update`,
    keysOf(all, 'session'),
  )
  for (const kind of ['order', 'refund', 'box'] as const) {
    await tx.query(
      `select from warehouse.fact_${kind} fact where ${given('fact', `${kind}_id`)}
       order by source, ${kind}_id for update`,
      keysOf(all, kind),
    )
  }
}

async function deleteShared(
  tx: PoolClient,
  people: readonly string[],
  all: readonly SharedFact[],
): Promise<Readonly<Record<string, number>>> {
  const deleted = async (sql: string, values: unknown[]): Promise<number> =>
    (await tx.query(`delete from warehouse.${sql}`, values)).rowCount ?? 0
  const own = await deleted(`fact_session where kind = 'idle' and session_key = any ($1::text[])`, [people])
  const byVisitor = `fact_session session where kind = 'idle' and ${given('session', 'session_key')}`
  const visits = await deleted(byVisitor, keysOf(all, 'visit'))
  const byId = `fact_session session where kind = 'id' and ${given('session', 'session_key')}`
  const sessions = await deleted(byId, keysOf(all, 'session'))
  const ofKind = (table: string, kind: 'order' | 'refund' | 'box'): Promise<number> =>
    deleted(`${table} fact where ${given('fact', `${kind}_id`)}`, keysOf(all, kind))
  return {
    fact_session: own + visits + sessions,
    fact_order: await ofKind('fact_order', 'order'),
    fact_order_line: await ofKind('fact_order_line', 'order'),
    fact_refund: await ofKind('fact_refund', 'refund'),
    fact_box: await ofKind('fact_box', 'box'),
    fact_box_item: await ofKind('fact_box_item', 'box'),
  }
}
