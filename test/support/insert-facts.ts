import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'

type Row = Readonly<Record<string, string | number | null>>

/** What each table needs beside the day and the moment. */
const BASE = {
  fact_order: () => ({
    source: 'server',
    order_id: randomUUID(),
    country: 'AT',
    currency: 'EUR',
    amount_minor: 1000,
  }),
  fact_refund: () => ({
    ...{ source: 'server', refund_id: randomUUID(), event_id: randomUUID() },
    ...{ country: 'AT', currency: 'EUR', amount_minor: 100 },
  }),
  fact_sign_up: () => ({ event_id: randomUUID(), source: 'web', country: 'AT', channel: 'direct' }),
  fact_feedback: () => ({ event_id: randomUUID(), source: 'web', country: 'AT', kind: 'csat', score: 5 }),
  fact_person_day: () => ({ person_id: randomUUID() }),
  fact_event: () => ({
    ...{
      event_id: randomUUID(),
      time_source: 'original',
      source: 'web',
      key_kind: 'public',
      event: 'page_viewed',
    },
    ...{ country: 'AT', properties: '{}', context: '{}' },
  }),
  fact_session: () => ({ source: 'web', kind: 'id', session_key: randomUUID(), part: 0, events: 1 }),
} satisfies Record<string, () => Row>

/** Columns that hold the row's moment. */
const MOMENTS: Readonly<Record<keyof typeof BASE, readonly string[]>> = {
  fact_order: ['completed_at'],
  fact_refund: ['occurred_at'],
  fact_sign_up: ['occurred_at'],
  fact_feedback: ['occurred_at'],
  fact_person_day: [],
  fact_event: ['occurred_at', 'received_at'],
  fact_session: ['started_at', 'ended_at'],
}

/** Writes one fact as the loader would; the triggers keep the totals. `day` is its business day, by default that of `at` in UTC. */
export async function insertFact(
  pool: Pool,
  table: keyof typeof BASE,
  at: string,
  given: Row & { readonly day?: string } = {},
): Promise<void> {
  const { day = at.slice(0, 10), ...columns } = given
  const moments = Object.fromEntries(MOMENTS[table].map((column) => [column, at]))
  const row: Row = { ...BASE[table](), ...moments, business_date: day, ...columns }
  if (table === 'fact_event')
    await pool.query('select pipeline.ensure_event_partitions(array[$1::date])', [day])
  const names = Object.keys(row)
  await pool.query(
    `insert into warehouse.${table} (${names.join(', ')}) values (${names.map((_, n) => `$${n + 1}`).join(', ')})`,
    Object.values(row),
  )
}
