import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { addToSpool } from '@millrace/archive/spool'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { event, IMPORT_KEY, PSEUDONYM_KEY, post, startIngest } from '@millrace/ingest-api/ingest-fixture'
import { createCompactor } from '@millrace/jobs/create-compactor'
import { hashOf, type Receipt } from '@millrace/jobs/erase/receipt'
import { createPseudonyms } from '@millrace/scrub/pseudonym'
import { compareTotals } from '@millrace/warehouse/shadow/compare-totals'
import { expect, onTestFinished, test } from 'vitest'
import { askMillrace } from '../support/ask-millrace.ts'
import { loadShop, SHOP_SAMPLE, sendShop } from '../support/load-shop.ts'
import { differences } from '../support/loading.ts'
import type { Pipeline } from '../support/open-pipeline.ts'
import { readParquet } from '../support/query-parquet.ts'
import { askReplay } from '../support/replay-report.ts'
import { runCommand } from '../support/run-command.ts'
import { searchStores } from '../support/search-stores.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'

const EVER = { from: '2000-01-01', to: '2100-01-01' }
const pseudonym = createPseudonyms(PSEUDONYM_KEY)
/** The customer with the most lines in the sample. */
const CUSTOMER = '17850'
const person = pseudonym('u', CUSTOMER)
const device = pseudonym('a', 'device')

const envOf = ({ databaseUrl, dataDir }: Pipeline) => ({
  DATABASE_URL: databaseUrl,
  DATA_DIR: dataDir,
  PSEUDONYM_KEY,
})

async function erase(pipeline: Pipeline, ...args: readonly string[]): Promise<Receipt> {
  const { code, answer } = await askMillrace<Receipt>(['erase', ...args], envOf(pipeline))
  expect(code).toBe(0)
  return answer
}

async function compact({ archive, jobs }: Pipeline): Promise<void> {
  await createCompactor({ archive, pool: jobs.pool, progress: () => undefined })()
}

/** The file without a customer's lines. */
async function withoutCustomer(dataDir: string, file: string, customer: string): Promise<string> {
  const lines = gunzipSync(await readFile(file))
    .toString()
    .split('\n')
  const left = path.join(dataDir, 'left.csv.gz')
  await writeFile(left, gzipSync(lines.filter((line) => !line.includes(`,${customer},`)).join('\n')))
  return left
}

const sums = (counts: object): number =>
  Object.values(counts).reduce(
    (sum: number, count: unknown) => sum + (typeof count === 'number' ? count : sums(Object(count))),
    0,
  )

test('the figures are those of a shop that never had the customer', async () => {
  const shop = await loadShop(SHOP_SAMPLE)
  await compact(shop)
  const { rows } = await shop.pool.query(
    'select count(*)::int as orders from warehouse.fact_order where person_id = $1',
    [person],
  )
  const dry = await askMillrace<Receipt>(['erase', '--user-id', CUSTOMER, '--dry-run'], envOf(shop))
  const receipt = await erase(shop, '--user-id', CUSTOMER)
  expect(receipt.warehouse.facts).toMatchObject({ fact_order: rows[0].orders, fact_sign_up: 1 })
  expect(dry.answer).toEqual({
    pseudonyms: receipt.pseudonyms,
    warehouse: receipt.warehouse,
    archive: receipt.archive,
  })

  const other = await loadShop(await withoutCustomer(shop.dataDir, SHOP_SAMPLE, CUSTOMER))
  expect(await compareTotals({ live: shop.pool, shadow: other.pool }, EVER)).toEqual([])
  expect(await differences(shop.pool)).toEqual([])
  expect(await searchStores(shop, [person])).toEqual([])
  const { query, close } = await readParquet(shop.dataDir)
  onTestFinished(close)
  const events = 'select event_id::text as id from warehouse.fact_event order by 1'
  expect(await query('select event_id as id from events order by 1')).toEqual(
    (await shop.pool.query(events)).rows,
  )

  expect((await askReplay(shop, '--from', '2010-12-01', '--to', '2010-12-31')).answer).toMatchObject({
    identical: true,
  })
  const before = await shop.pool.query(events)
  await sendShop(shop, SHOP_SAMPLE)
  expect((await shop.pool.query(events)).rows).toEqual(before.rows)
}, 120_000)

test('nothing that any store holds names the person any more, and others stay', async () => {
  const shop = await loadShop(SHOP_SAMPLE)
  const { log, archive, pool } = shop
  const now = () => new Date()
  const api = await startIngest({ log, archive, now })
  onTestFinished(() => api.close())
  const at = new Date(Date.now() - 60_000).toISOString()
  const server = { 'X-Write-Key': IMPORT_KEY.key }
  const send = (given: object) => ({ ...event(), originalTimestamp: at, ...given })
  const identify = { type: 'identify', event: undefined, anonymousId: 'device', userId: CUSTOMER }
  await post(`${api.url}/v1/events`, [send({ ...identify, properties: undefined })])
  // The first link stays: that of another user, in another partition, has to be loaded after it.
  await shop.settled()
  await post(`${api.url}/v1/events`, [
    send({ anonymousId: 'device' }),
    send({ anonymousId: 'device', userId: 'another' }),
    send({
      userId: 'another',
      anonymousId: undefined,
      event: 'gift_sent',
      properties: { user_id: CUSTOMER, n: 3 },
    }),
    send({ userId: CUSTOMER, event: 'feedback_submitted', properties: { kind: 'csat', score: 'much' } }),
  ])
  const box = { boxId: 'b1', items: [{ sku: 'a', quantity: 2 }] }
  await post(
    `${api.url}/v1/events`,
    [
      send({ userId: CUSTOMER, anonymousId: undefined, event: 'box_created', properties: box }),
      send({ userId: undefined, anonymousId: undefined, event: 'box_packed', properties: box }),
    ],
    server,
  )
  await shop.settled()
  await compact(shop)
  const spooled = (name: string, given: object) => {
    const stamped = stampedEvent({ messageId: name, timestamp: at, ...given })
    return { key: personOf(name), value: JSON.stringify(stamped) }
  }
  await addToSpool(
    archive,
    [{ topic: EVENTS_TOPIC, records: [spooled('s1', { userPerson: person }), spooled('s2', {})] }],
    new Date(at),
  )
  await addToSpool(
    archive,
    [{ topic: EVENTS_TOPIC, records: [spooled('s3', { userPerson: person })] }],
    new Date(at),
  )

  const found = await searchStores(shop, [person, device])
  for (const place of [
    'warehouse.dim_person',
    'warehouse.fact_person_day',
    'pipeline.quarantine',
    'spool/',
    'raw/quarantine',
    'parquet/',
  ])
    expect(found.join(' ')).toContain(place)
  const receipt = await erase(shop, '--user-id', CUSTOMER)
  expect(await searchStores(shop, [person, device])).toEqual([])
  expect(receipt).toMatchObject({
    warehouse: { links: 1, redactedEvents: 2, quarantine: { erased: 1 }, facts: { fact_box: 1 } },
    archive: {
      spool: { objects: 2, erased: 2, redacted: 0 },
      raw: { redacted: 2 },
      parquet: { redacted: 2 },
    },
    pending: [],
    notLoaded: [],
  })
  const { hash, ...said } = receipt
  expect(hashOf(said)).toBe(hash)
  const { rows } = await pool.query('select receipt from pipeline.erasure')
  expect(rows).toEqual([{ receipt }])

  const gift = await pool.query(`select properties from warehouse.fact_event where event = 'gift_sent'`)
  expect(gift.rows).toEqual([{ properties: { user_id: '[erased]', n: 3 } }])
  const packed = await pool.query(
    'select created_at, packed_at is not null as packed from warehouse.fact_box',
  )
  expect(packed.rows).toEqual([{ created_at: null, packed: true }])
  expect(await differences(pool)).toEqual([])
  const today = now().toISOString().slice(0, 10)
  expect((await askReplay(shop, '--from', '2010-12-01', '--to', today)).answer).toMatchObject({
    identical: true,
  })
  const reconciled = await askMillrace<{ balanced: boolean; findings: unknown[] }>(
    ['reconcile', '--deep'],
    envOf(shop),
  )
  expect(reconciled.answer).toMatchObject({ balanced: true, findings: [] })

  const again = await erase(shop, '--user-id', CUSTOMER)
  expect(sums(again.warehouse) + sums(again.archive)).toBe(0)
}, 120_000)

test('what changed on closed days is noted as restated by an erasure', async () => {
  const shop = await loadShop(SHOP_SAMPLE)
  const revenue = await shop.pool.query(
    `select sum(amount_minor) as minor from warehouse.fact_order where person_id = $1`,
    [person],
  )
  const { warehouse } = await erase(shop, '--user-id', CUSTOMER)
  const { rows } = await shop.pool.query(
    `select count(*)::int as all, count(*) filter (where cause = 'erase')::int as erased,
       -sum(numerator) filter (where kpi = 'revenue_gross') as gross
     from warehouse.kpi_restatement`,
  )
  expect(rows[0]).toMatchObject({ all: warehouse.restatements, erased: warehouse.restatements })
  expect(rows[0].gross).toBe(revenue.rows[0].minor)
}, 60_000)

test('ids are never said again: not in the answer, the notes, or an error', async () => {
  const shop = await loadShop(SHOP_SAMPLE)
  const env = envOf(shop)
  const file = path.join(shop.dataDir, 'ids')
  await writeFile(file, `user:${CUSTOMER}\nanonymous:somebody\n\n`)
  const { code, out, notes } = await runCommand(['erase', '--file', file], env)
  expect(code).toBe(0)
  expect(out).toMatch(/^Erasure [0-9a-f-]{36}: /)
  expect(out + notes).not.toContain(CUSTOMER)
  expect(out + notes).not.toContain(person)
  await writeFile(file, `user:ok\n${CUSTOMER}\n`)
  const bad = await runCommand(['erase', '--file', file], env)
  expect(bad.code).toBe(2)
  expect(bad.notes).toContain('line 2: expected user:<id> or anonymous:<id>')
  expect(bad.notes).not.toContain(CUSTOMER)
}, 60_000)
