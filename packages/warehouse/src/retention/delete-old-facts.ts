import type { Pool } from 'pg'
import { deleteOldEvents } from './delete-old-events.ts'
import { inBlocks } from './in-blocks.ts'

export interface DeleteFactsOptions {
  readonly pool: Pool
  /** yyyy-mm-dd: facts of earlier days go. */
  readonly before: string
  /** IANA name of the business time zone. */
  readonly timeZone: string
  readonly signal: AbortSignal
  /** Told of each table as it is begun. */
  progress(table: string): Promise<void>
}

/** The longest window of a KPI of distinct people: so long before the kept days person-days still count. */
const LONGEST_WINDOW_DAYS = 30

const BLOCKS = 'ctid >= $2::tid and ctid < $3::tid'

const byDay = (table: string): string =>
  `with gone as (delete from warehouse.${table} where ${BLOCKS} and business_date < $1::date returning 1)
   select count(*)::int as rows from gone`

const dayOf = (moment: string): string => `(${moment} at time zone $4)::date`

/** Gone when nothing of it is of a kept day: what is folded from several events has several days. */
const ORDERS = `
  with gone as (
    delete from warehouse.fact_order
    where ${BLOCKS}
      and greatest(business_date, fulfilled_date, ${dayOf('placed_at')}) < $1::date
    returning source, order_id
  ), lines as (
    delete from warehouse.fact_order_line line using gone
    where line.source = gone.source and line.order_id = gone.order_id
  )
  select count(*)::int as rows from gone`

const BOXES = `
  with gone as (
    delete from warehouse.fact_box
    where ${BLOCKS}
      and greatest(packed_date, ${dayOf('greatest(created_at, packed_at, shipped_at, delivered_at, skipped_at)')})
        < $1::date
    returning source, box_id
  ), items as (
    delete from warehouse.fact_box_item item using gone
    where item.source = gone.source and item.box_id = gone.box_id
  )
  select count(*)::int as rows from gone`

/** Parts of one long session go together: they are cut anew when it grows. */
const SESSIONS = `
  with gone as (
    delete from warehouse.fact_session session
    where ${BLOCKS} and ${dayOf('ended_at')} < $1::date
      and (split_from is null or not exists (
        select from warehouse.fact_session part
        where part.source = session.source and part.kind = session.kind and part.session_key = session.session_key
          and part.split_from = session.split_from and ${dayOf('part.ended_at')} >= $1::date))
    returning 1
  )
  select count(*)::int as rows from gone`

const PERSON_DAYS = byDay('fact_person_day').replace('$1::date', `$1::date - ${LONGEST_WINDOW_DAYS}`)

const DELETES: Readonly<Record<string, string>> = {
  fact_person_day: PERSON_DAYS,
  fact_sign_up: byDay('fact_sign_up'),
  fact_login: byDay('fact_login'),
  fact_feedback: byDay('fact_feedback'),
  fact_error: byDay('fact_error'),
  fact_exposure: byDay('fact_exposure'),
  fact_web_vital: byDay('fact_web_vital'),
  fact_subscription: byDay('fact_subscription'),
  fact_session: SESSIONS,
  fact_order: ORDERS,
  fact_refund: byDay('fact_refund'),
  fact_box: BOXES,
}

/**
 * Deletes the facts of days before the given one, and the claims of their event ids; what they added up to stays. May be
 * ended in the middle and begun again. Returns how many rows went, by table.
 */
export async function deleteOldFacts(options: DeleteFactsOptions): Promise<Readonly<Record<string, number>>> {
  const { pool, before, timeZone, signal, progress } = options
  const deleted: Record<string, number> = {}
  for (const [table, sql] of Object.entries(DELETES)) {
    await progress(table)
    const zone = sql.includes('$4') ? [timeZone] : []
    deleted[table] = await inBlocks({
      pool,
      relation: `warehouse.${table}`,
      signal,
      async work(tx, { from, to }) {
        const { rows } = await tx.query<{ rows: number }>(sql, [before, from, to, ...zone])
        return rows[0]?.rows ?? 0
      },
    })
  }
  await progress('fact_event')
  deleted.fact_event = await deleteOldEvents({ pool, before, signal })
  return deleted
}
