import { readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Rejection } from '@millrace/contracts/rejection'
import { WriteKeys } from '@millrace/contracts/write-key'
import type { KpiPoint } from '@millrace/kpis/kpi-series'
import type { QuarantineRow } from '@millrace/warehouse/quarantine'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { type StartedUp, startUp } from '../support/start-up.ts'

const SERVER = 'sk_server_of_bad_events'
const WEB = 'pk_web_of_bad_events'
const DEPOT = 'sk_depot_of_bad_events'
const keysWith = (depotEvents: string[]) =>
  WriteKeys.parse([
    { key: SERVER, source: 'server', kind: 'secret' },
    { key: WEB, source: 'web', kind: 'public' },
    { key: DEPOT, source: 'depot', kind: 'secret', events: depotEvents },
  ])

/** Each of the bad events carries all of this somewhere. */
const PERSONAL = 'Ring maria.huber@example.org or +43 660 1234567, card 4111 1111 1111 1111'
/** As parts and without the blanks, so that another way of writing it is found too. */
const PLANTED = /maria\.huber|example\.org|6601234567|4111111111111111/i
const DAY_MS = 86_400_000
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString()

const search = {
  type: 'track',
  event: 'search_performed',
  userId: 'visitor-1',
  properties: { query: PERSONAL },
  context: { page: { title: PERSONAL }, notDeclared: PERSONAL },
}
const feedback = { kind: 'csat', comment: PERSONAL }
const tooMuch = (kilobytes: number): string => `${PERSONAL} `.repeat((kilobytes * 1024) / PERSONAL.length)

type Expected = Pick<Rejection, 'code' | 'path'> & { readonly detail: string | RegExp }
const invalid = (at: string, detail: string | RegExp): Expected => ({
  code: 'schema_invalid',
  path: at,
  detail,
})
const A_TIME = 'expected ISO 8601 with a zone, as 2026-11-21T09:51:58.101Z, or milliseconds since 1970'

const BAD_FROM_WEB: readonly (readonly [string, unknown, Expected])[] = [
  ['none-0', { ...search, messageId: undefined }, invalid('messageId', 'missing, expected text')],
  ['w-1', { ...search, userId: undefined }, invalid('userId', 'missing, expected userId or anonymousId')],
  ['w-2', { ...search, properties: { query: [PERSONAL] } }, invalid('properties.query', 'expected text')],
  ['w-3', { ...search, properties: PERSONAL }, invalid('properties', 'expected an object')],
  ['w-4', { ...search, event: PERSONAL }, invalid('event', /^expected a name of 1 to 100/)],
  ['w-5', { ...search, type: PERSONAL }, invalid('type', /^expected one of track, page, /)],
  ['w-6', { ...search, event: undefined }, invalid('event', /^missing, expected a name/)],
  ['w-7', { ...search, originalTimestamp: `21.11.2026 ${PERSONAL}` }, invalid('originalTimestamp', A_TIME)],
  [
    'w-8',
    { ...search, event: 'feedback_submitted', properties: { ...feedback, score: 6 } },
    invalid('properties.score', /at most 5/),
  ],
  [
    'w-9',
    {
      ...search,
      event: 'subscription_started',
      properties: { subscriptionId: 's', plan: PERSONAL, interval: 'month' },
    },
    invalid('properties.amountMinor', 'missing, expected a number'),
  ],
  ['none-1', PERSONAL, invalid('', 'expected an event, an object')],
  [
    'w-10',
    {
      ...search,
      event: 'order_completed',
      properties: { orderId: 'w', amountMinor: 1, currency: 'EUR', coupon: PERSONAL },
    },
    { code: 'not_permitted', path: 'event', detail: 'expected a secret key for this event' },
  ],
  [
    'w-11',
    { ...search, type: 'alias', previousId: 'maria.huber@example.org' },
    { code: 'not_permitted', path: 'type', detail: 'expected a secret key for this event' },
  ],
  [
    'w-12',
    { ...search, properties: { query: tooMuch(33) } },
    { code: 'too_large', path: '', detail: 'expected at most 32 KB of JSON an event' },
  ],
  [
    'w-13',
    { ...search, originalTimestamp: daysAgo(40) },
    {
      code: 'timestamp_out_of_range',
      path: 'originalTimestamp',
      detail: /^expected a time of the last 30 days/,
    },
  ],
  [
    'w-14',
    { ...search, originalTimestamp: '1999-12-31T23:59:59.999Z' },
    { code: 'timestamp_out_of_range', path: 'originalTimestamp', detail: /^expected a time since 2000/ },
  ],
]

const order = (properties: object): unknown => ({
  type: 'track',
  event: 'order_completed',
  userId: 'buyer-1',
  properties: {
    orderId: 'bad',
    amountMinor: 100,
    currency: 'EUR',
    coupon: PERSONAL,
    email: PERSONAL,
    ...properties,
  },
})
const THREE_LETTERS = 'expected a currency of 3 letters, as in ISO 4217'

const BAD_FROM_SERVER: readonly (readonly [string, unknown, Expected])[] = [
  [
    's-0',
    order({ currency: 'JPN' }),
    {
      code: 'currency_unknown',
      path: 'properties.currency',
      detail: 'expected an active currency of ISO 4217',
    },
  ],
  ['s-1', order({ currency: 'JPYY' }), invalid('properties.currency', THREE_LETTERS)],
  ['s-2', order({ currency: PERSONAL }), invalid('properties.currency', THREE_LETTERS)],
  ['s-3', order({ amountMinor: -5 }), invalid('properties.amountMinor', 'expected a number of at least 0')],
  ['s-4', order({ amountMinor: 12.5 }), invalid('properties.amountMinor', 'expected a whole number')],
  ['s-5', order({ amountMinor: PERSONAL }), invalid('properties.amountMinor', 'expected a number')],
  ['s-6', order({ orderId: undefined }), invalid('properties.orderId', 'missing, expected text')],
  [
    's-7',
    order({ lines: [{ sku: 'a', quantity: PERSONAL }] }),
    invalid('properties.lines.0.quantity', /^expected a/),
  ],
  [
    's-8',
    {
      ...search,
      event: 'Order Completed',
      properties: { order_id: 'bad', revenue: '12,99', currency: 'EUR', email: PERSONAL },
    },
    invalid('properties.revenue', 'expected a decimal amount of money, as 12.99'),
  ],
  [
    's-9',
    { ...search, properties: { query: tooMuch(257) } },
    { code: 'too_large', path: '', detail: 'expected at most 256 KB of JSON an event' },
  ],
]

const REFUSED_ORDER = {
  messageId: 'depot-order',
  ...(order({ orderId: 'depot-1', amountMinor: 7000, currency: 'EUR' }) as object),
}

const SOON = { timeout: 15_000, interval: 100 }

let up: StartedUp
let dataDir: string

beforeAll(async () => {
  dataDir = path.join(await makeDataFolder(), 'data')
  up = await startUp(dataDir, keysWith(['box_packed']), { ARCHIVE_FLUSH_SECONDS: '1' })
}, 120_000)

afterAll(async () => {
  await up.stop()
  await rm(path.dirname(dataDir), { recursive: true, force: true })
})

/** Good events around the bad ones, with the answer that the bad ones shall get. */
async function sendAmongGood(
  key: string,
  good: (id: string) => object,
  bad: typeof BAD_FROM_WEB,
): Promise<void> {
  const batch = bad.map(([id, event]) =>
    typeof event === 'object' && !id.startsWith('none') ? { messageId: id, ...event } : event,
  )
  const { status, answer } = await up.post({ batch: [good('first'), ...batch, good('last')] }, { key })
  expect(status).toBe(202)
  expect(answer).toMatchObject({ accepted: 2, suppressed: 0 })
  expect(answer.rejected).toEqual(
    bad.map(([id, , { code, path, detail }], index) => ({
      index: index + 1,
      messageId: id.startsWith('none') ? null : id,
      code,
      path,
      detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
      retryable: false,
    })),
  )
  expect(shown(JSON.stringify(answer))).not.toMatch(PLANTED)
}

/** Without the blanks and dots that numbers are written with. */
function shown(text: string): string {
  return text.replaceAll(/(?<=\d)[ .-](?=\d)/g, '')
}

function listQuarantine(): Promise<QuarantineRow[]> {
  return up.ask('quarantine', 'list')
}

async function kpi(name: string): Promise<number> {
  const points = await up.ask<KpiPoint[]>('kpi', 'show', name)
  return points.reduce((sum, { value }) => sum + Number(value), 0)
}

test('bad events among good ones: each is answered with what was expected, and the good ones count', async () => {
  const login = (id: string) => ({
    messageId: `login-${id}`,
    type: 'track',
    event: 'user_logged_in',
    userId: 'visitor-2',
  })
  await sendAmongGood(WEB, login, BAD_FROM_WEB)
  const sale = (id: string) => ({
    messageId: `sale-${id}`,
    type: 'track',
    event: 'order_completed',
    userId: 'buyer-2',
    properties: { orderId: `sale-${id}`, amountMinor: 1250, currency: 'EUR' },
  })
  await sendAmongGood(SERVER, sale, BAD_FROM_SERVER)
  const refused = await up.post(REFUSED_ORDER, { key: DEPOT })
  expect(refused.status).toBe(400)
  expect(refused.answer.rejected).toMatchObject([
    { code: 'not_permitted', path: 'event', detail: 'expected an event that this write key may send' },
  ])
  await expect.poll(async () => (await up.gauges()).samples.get('kpi_logins{window="today"}'), SOON).toBe(2)
  await expect
    .poll(
      async () => (await up.gauges()).samples.get('kpi_revenue_gross{currency="EUR",window="today"}'),
      SOON,
    )
    .toBe(25)
})

test('each bad event stands in quarantine with its answer, its people as pseudonyms, and none of what was planted', async () => {
  await expect
    .poll(async () => (await listQuarantine()).length, SOON)
    .toBe(BAD_FROM_WEB.length + BAD_FROM_SERVER.length + 1)
  const rows = await listQuarantine()
  for (const [id, event, { code, path, detail }] of [...BAD_FROM_WEB, ...BAD_FROM_SERVER]) {
    const row = id.startsWith('none')
      ? rows.find((one) => one.eventId === null && one.path === path)
      : rows.find(({ record }) => record.messageId === id)
    expect(row, id).toMatchObject({ stage: 'contract', code })
    if (id.startsWith('none')) continue
    expect(row?.path, id).toBe(path)
    expect(row?.detail, id).toEqual(typeof detail === 'string' ? detail : expect.stringMatching(detail))
    expect(JSON.stringify(row), id).not.toContain((event as { userId?: string }).userId ?? 'visitor-1')
  }
  const text = JSON.stringify(rows)
  expect(shown(text)).not.toMatch(PLANTED)
  expect(text).toContain('[email]')
  expect(text).toContain('[card]')
  expect(text).toContain('[phone]')
})

test('the same messageId with another content: the first counts, the second waits as id_conflict', async () => {
  const sale = (amountMinor: number) => ({
    messageId: 'conflict',
    type: 'track',
    event: 'order_completed',
    userId: 'buyer-3',
    properties: { orderId: 'conflict', amountMinor, currency: 'EUR' },
  })
  expect((await up.post(sale(100))).answer.accepted).toBe(1)
  await expect.poll(() => kpi('orders'), SOON).toBe(3)
  expect((await up.post(sale(999_900))).answer.accepted).toBe(1)
  expect((await up.post(sale(100))).answer.accepted).toBe(1)
  await expect
    .poll(async () => (await listQuarantine()).find(({ code }) => code === 'id_conflict'), SOON)
    .toMatchObject({ stage: 'load' })
  expect(await kpi('revenue_gross')).toBe(26)
})

test('no bad event is in any total, and every event is accounted for', async () => {
  const expected = {
    logins: 2,
    orders: 3,
    revenue_gross: 26,
    events: 5,
    customer_satisfaction_ratio: 0,
    daily_active_users: 3,
  }
  for (const [name, value] of Object.entries(expected)) expect(await kpi(name), name).toBe(value)
  expect(await up.ask('kpi', 'verify')).toMatchObject({ differences: [] })
  const reconciled = await up.millrace('reconcile', '--json')
  expect(JSON.parse(reconciled.stdout)).toMatchObject({ balanced: true })
  expect(reconciled.code).toBe(0)
})

test('nothing that was planted is in the archive, in any column of the database, in any file, or on stderr', async () => {
  const archived = await readAll(path.join(dataDir, 'archive'))
  expect(archived.length).toBeGreaterThan(1)
  expect(archived.map(({ text }) => text).join('\n')).toContain('[email]')
  const rows = await readDatabase()
  expect(rows.some(({ table }) => table === 'pipeline.log_chunk')).toBe(true)
  const files = await readAll(dataDir)
  // Postgres writes rows as they are, so that its files and its journal can be searched.
  expect(files.some(({ table, text }) => table.includes('pg_wal') && text.includes('[email]'))).toBe(true)
  const stores = [...rows, ...files, { table: 'stderr', text: up.program.stderr() }]
  for (const { table, text } of stores) expect(PLANTED.exec(shown(text))?.[0], table).toBeUndefined()
})

test('retry leaves what is still bad where it is, and says why', async () => {
  const waiting = await listQuarantine()
  const retried = await up.millrace('quarantine', 'retry', '--json')
  const { published, still } = JSON.parse(retried.stdout)
  expect(retried).toMatchObject({ code: 0, stderr: '' })
  expect(published).toEqual([])
  expect(still).toHaveLength(waiting.length)
  const reasons = still.map(({ code, path, detail }: Expected) => `${code} ${path} ${detail}`)
  for (const { code, path, detail } of waiting) expect(reasons).toContain(`${code} ${path} ${detail}`)
  expect((await listQuarantine()).length).toBe(waiting.length)
})

test('after the settings were mended a retry loads once what passes now, however often it is retried and sent', async () => {
  const tooOld = (id: string) => ({ ...search, messageId: id, originalTimestamp: daysAgo(35) })
  const before = await listQuarantine()
  const sentFirst = tooOld('old-sent-first')
  expect((await up.post(sentFirst, { key: WEB })).answer.rejected).toHaveLength(1)
  await expect.poll(async () => (await listQuarantine()).length, SOON).toBe(before.length + 1)
  await up.stop()
  up = await startUp(dataDir, keysWith(['box_packed', 'order_completed']), {
    ARCHIVE_FLUSH_SECONDS: '1',
    MAX_EVENT_AGE_DAYS: '60',
  })

  // The client tries again before the retry, and again after it.
  expect((await up.post(sentFirst, { key: WEB })).answer.accepted).toBe(1)
  await expect.poll(() => kpi('events'), SOON).toBe(6)
  const first = JSON.parse((await up.millrace('quarantine', 'retry', '--json')).stdout)
  expect(first.published).toHaveLength(3)
  const second = JSON.parse((await up.millrace('quarantine', 'retry', '--json')).stdout)
  expect(second.published).toEqual([])
  expect(second.still).toHaveLength(before.length - 2)
  const mended = BAD_FROM_WEB.find(([id]) => id === 'w-13')
  const again = await up.post({ messageId: 'w-13', ...(mended?.[1] as object) }, { key: WEB })
  expect(again.answer.accepted).toBe(1)
  expect((await up.post(sentFirst, { key: WEB })).answer.accepted).toBe(1)
  expect((await up.post(REFUSED_ORDER, { key: DEPOT })).answer.accepted).toBe(1)

  const reconciled = JSON.parse((await up.millrace('reconcile', '--json')).stdout)
  expect(reconciled.balanced).toBe(true)
  expect(await kpi('events')).toBe(8)
  expect(await kpi('orders')).toBe(4)
  expect(await kpi('revenue_gross')).toBe(96)
  expect((await listQuarantine()).length).toBe(before.length - 2)
  expect(await up.ask('kpi', 'verify')).toMatchObject({ differences: [] })
}, 120_000)

interface Found {
  readonly table: string
  readonly text: string
}

/** Every file below the folder, unpacked. */
async function readAll(folder: string): Promise<Found[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
  const found = await Promise.all(
    files.map(async (table) => {
      const bytes = await readFile(table).catch(() => Buffer.alloc(0))
      return { table, text: (table.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1') }
    }),
  )
  return found
}

/** Every row of every table as text. */
async function readDatabase(): Promise<Found[]> {
  const tables = await up.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  )
  const found: Found[] = []
  for (const { name } of tables) {
    const rows = await up.query<{ text: string }>(`select t::text as text from ${name} t`)
    for (const { text } of rows) found.push({ table: name, text })
  }
  return found
}
