import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createFileSender } from '@millrace/cli/send/send-file'
import { IMPORT_KEY, startIngest } from '@millrace/ingest-api/ingest-fixture'
import { createCompactor } from '@millrace/jobs/create-compactor'
import { expect, onTestFinished } from 'vitest'
import { openPipeline, type Pipeline } from './open-pipeline.ts'
import { readParquet } from './query-parquet.ts'

const MAP = fileURLToPath(new URL('../../docs/examples/online-retail.ts', import.meta.url))

/** Sends a file of the shop's invoices as `millrace send` does, and part of it twice. */
async function sendShop({ log, archive }: Pipeline, file: string, twice: number): Promise<void> {
  const now = () => new Date()
  const api = await startIngest({ log, archive, now })
  onTestFinished(() => api.close())
  const send = createFileSender({
    fetch,
    now,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
    progress: { update: () => undefined, waiting: () => undefined, stop: () => undefined },
  })
  const options = {
    ...{ file, map: MAP, url: api.url, key: IMPORT_KEY.key, batchSize: 500, concurrency: 2 },
    ...{ firstAnswerMs: 30_000, giveUpAfterMs: 30_000 },
  }
  expect(await send(options)).toMatchObject({ rejected: 0 })
  await send({ ...options, limit: twice, batchSize: 77 })
}

/** Totals a day, from the warehouse's views: the numbers that people see. */
const VIEWS: Readonly<Record<string, string>> = {
  orders: 'select business_date::text as day, value::double precision from warehouse.kpi_orders',
  gross:
    'select business_date::text as day, currency, value::double precision from warehouse.kpi_revenue_gross',
  refunds:
    'select business_date::text as day, currency, value::double precision from warehouse.kpi_revenue_refunds',
  signUps:
    'select business_date::text as day, sum(value)::double precision as value from warehouse.kpi_sign_ups group by 1',
  people: 'select business_date::text as day, value::double precision from warehouse.kpi_daily_active_users',
}

const AMOUNT = `sum((properties->>'$.amountMinor')::bigint) / 100.0`
const LATEST = (id: string) =>
  `select distinct on (source, properties->>'$.${id}') * from people order by source, properties->>'$.${id}', occurred_at desc, event_id desc`

/** The same from the events alone. */
const FROM_PARQUET: Readonly<Record<string, string>> = {
  orders: `select day, count(*)::double as value from (${LATEST('orderId').replace('people', `people where event = 'order_completed'`)}) group by 1`,
  gross: `select day, properties->>'$.currency' as currency, (${AMOUNT})::double as value
    from (${LATEST('orderId').replace('people', `people where event = 'order_completed'`)}) group by 1, 2`,
  refunds: `select day, properties->>'$.currency' as currency, (${AMOUNT})::double as value
    from (${LATEST('refundId').replace('people', `people where event = 'order_refunded'`)}) group by 1, 2`,
  signUps: `select day, count(*)::double as value from people where event = 'user_signed_up' group by 1`,
  people: `select day, count(distinct person_id)::double as value from people
    where event in ('order_completed', 'user_signed_up') and person_id is not null group by 1`,
}

async function expectSameTotals({ pool, dataDir }: Pipeline): Promise<number> {
  const { query, close } = await readParquet(dataDir)
  onTestFinished(close)
  const people = 'select *, business_date::text as day from events where excluded_reason is null'
  let days = 0
  for (const [name, sql] of Object.entries(FROM_PARQUET)) {
    const { rows } = await pool.query(`${VIEWS[name]} order by 1, 2`)
    expect(await query(`with people as (${people}) ${sql} order by 1, 2`), name).toEqual(rows)
    days += rows.length
  }
  return days
}

/** The query that docs/warehouse.md shows, on this archive. */
async function expectDocumented({ pool, dataDir }: Pipeline): Promise<void> {
  const guide = await readFile(new URL('../../docs/warehouse.md', import.meta.url), 'utf8')
  const [, sql = ''] = /```sql\n-- DuckDB\n(.*?);?\n```/s.exec(guide) ?? []
  expect(sql).toContain("'.millrace/archive/")
  const { query, close } = await readParquet(dataDir)
  onTestFinished(close)
  const { rows } = await pool.query(
    `select business_date::text, currency, count(*)::text as orders, sum(amount_minor)::text as amount_minor
     from warehouse.fact_order where business_date is not null group by 1, 2 order by 1, 2`,
  )
  expect(await query(sql.replace('.millrace/archive', path.join(dataDir, 'archive')))).toEqual(rows)
}

/**
 * Sends a file of the shop's invoices, and so many of its rows twice, compacts, and expects in Parquet the totals that the
 * warehouse has. Returns how many events there are, and how many totals of a day were compared.
 */
export async function compactShop(file: string, twice: number): Promise<{ events: number; days: number }> {
  const pipeline = await openPipeline({ partitions: 2, flushRecords: 5_000 })
  await sendShop(pipeline, file, twice)
  await pipeline.settled()
  const { archive, jobs } = pipeline
  const { events } = await createCompactor({ archive, pool: jobs.pool, progress: () => undefined })()
  const days = await expectSameTotals(pipeline)
  await expectDocumented(pipeline)
  const { rows } = await pipeline.pool.query('select sum(duplicate)::int as twice from pipeline.load_ledger')
  expect(rows).toEqual([{ twice }])
  return { events, days }
}
