import type { Finding } from '@millrace/contracts/finding'
import { QUARANTINE_TOPIC, type QuarantinedEvent } from '@millrace/contracts/quarantined-event'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import { makeKnown } from '@millrace/warehouse/load-position'
import type { InventoryRow } from '@millrace/warehouse/read-inventory'
import { createFactWriter } from '@millrace/warehouse/write/write-facts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestLoader } from '../support/loading.ts'
import { runCommand } from '../support/run-command.ts'
import { stampedEvent } from '../support/stamped-event.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

const TODAY = new Date().toISOString()
const TITLE: Finding = { field: 'context.page.title', kind: 'email', treatment: 'mask' }
const NOTE: Finding = { field: 'properties.note', kind: 'phone', treatment: 'mask' }

let sent = 0
function eventWith(findings: readonly Finding[], given: Partial<StampedEvent> = {}): StampedEvent {
  return stampedEvent({ messageId: `m-${sent++}`, timestamp: TODAY, findings, ...given })
}

async function inventory(...flags: readonly string[]): Promise<readonly InventoryRow[]> {
  const { code, out } = await runCommand(['inventory', '--json', ...flags], { DATABASE_URL: database.url })
  expect(code).toBe(0)
  return JSON.parse(out) as InventoryRow[]
}

const counted = async (...flags: readonly string[]): Promise<readonly string[]> =>
  (await inventory(...flags)).map(({ source, event, field, kind, treatment, events }) =>
    [events, source, event, field, kind, treatment].join(' '),
  )

test('events are counted by source, event, field, kind and treatment, what comes most often first', async () => {
  const loader = createTestLoader(database.pool)
  await loader.load([eventWith([NOTE], { event: 'quiz', custom: true }), eventWith([TITLE])])
  await loader.load(
    [eventWith([TITLE]), eventWith([TITLE], { source: 'shop' }), stampedEvent({ messageId: 'clean' })],
    1,
  )
  expect(await counted()).toEqual([
    '2 web page_viewed context.page.title email mask',
    '1 shop page_viewed context.page.title email mask',
    '1 web quiz properties.note phone mask',
  ])
  expect((await inventory())[0]?.lastDate).toBe(TODAY.slice(0, 10))
})

test('an event that is sent, or a batch that is loaded, again counts once', async () => {
  const event = eventWith([TITLE, NOTE])
  await createTestLoader(database.pool).load([event, event])
  await createTestLoader(database.pool).load([event, event])
  await createTestLoader(database.pool).load([event], 3)
  expect(await counted()).toEqual([
    '1 web page_viewed context.page.title email mask',
    '1 web page_viewed properties.note phone mask',
  ])
})

test('loaders of several partitions count at once', async () => {
  const load = (partition: number) =>
    createTestLoader(database.pool).load(
      Array.from({ length: 20 }, (_, n) =>
        eventWith([{ ...NOTE, field: `properties.note_${n}` }], { event: 'quiz', custom: true }),
      ),
      partition,
    )
  await Promise.all([load(0), load(1), load(2), load(3)])
  const rows = await inventory()
  expect(rows.map(({ events }) => events)).toEqual(Array(20).fill(4))
})

test('what went to quarantine counts too: refused by the API, or accepted and not loaded', async () => {
  const first = eventWith([TITLE])
  const conflict = { ...first, contentHash: 'ffffffffffffffff', findings: [NOTE] }
  await createTestLoader(database.pool).load([first, conflict])
  const refused: QuarantinedEvent = {
    source: 'web',
    keyKind: 'public',
    requestId: 'r',
    receivedAt: TODAY,
    code: 'schema_invalid',
    path: 'properties.orderId',
    detail: 'missing, expected text',
    people: {},
    event: { type: 'track', event: 'Order Completed' },
    findings: [{ field: 'properties.email', kind: 'email', treatment: 'mask' }],
  }
  const writeFacts = createFactWriter({ pool: database.pool, businessDate: createBusinessDate('UTC') })
  const values = [JSON.stringify(refused), '{"findings":"nonsense"}', 'not JSON, "findings":']
  await makeKnown(database.pool, QUARANTINE_TOPIC, 0, 0)
  await writeFacts({
    topic: QUARANTINE_TOPIC,
    partition: 0,
    firstOffset: 0,
    lastOffset: values.length - 1,
    facts: [],
    ignored: 0,
    dead: [],
    rejected: values.map((value, offset) => ({ offset, value })),
    receivedAt: '-infinity',
  })
  expect(await counted()).toEqual([
    '1 web Order Completed properties.email email mask',
    '1 web page_viewed context.page.title email mask',
    '1 web page_viewed properties.note phone mask',
  ])
})

test('a source may add 500 names of fields and of events; those of the contracts always have their place', async () => {
  const loader = createTestLoader(database.pool)
  const madeUp = Array.from({ length: 510 }, (_, n) =>
    eventWith([{ ...NOTE, field: `properties.made_up_${n}` }], { event: `quiz ${n}`, custom: true }),
  )
  await loader.load(madeUp)
  await loader.load([
    eventWith(
      [
        { ...NOTE, field: 'properties.one_more' },
        { ...NOTE, field: 'properties.and_one' },
      ],
      {
        event: 'one more',
        custom: true,
      },
    ),
    eventWith([{ ...NOTE, field: 'properties.comment' }], { event: 'feedback_submitted' }),
    eventWith([NOTE], { source: 'shop', event: 'quiz', custom: true }),
  ])
  const rows = await inventory()
  const ofWeb = rows.filter(({ source }) => source === 'web')
  expect(new Set(ofWeb.map(({ field }) => field)).size).toBe(502)
  expect(new Set(ofWeb.map(({ event }) => event)).size).toBe(502)
  expect(rows[0]).toMatchObject({ event: '(other)', field: '(other)', events: 11 })
  expect(rows).toContainEqual(
    expect.objectContaining({ event: 'feedback_submitted', field: 'properties.comment' }),
  )
  expect(rows).toContainEqual(expect.objectContaining({ source: 'shop', field: 'properties.note' }))
})

test('the canary’s false data, and what is older than asked for, are left out', async () => {
  const loader = createTestLoader(database.pool)
  const aWeekAgo = new Date(Date.now() - 7 * 86_400_000).toISOString()
  await loader.load([
    eventWith([TITLE], { canary: true, source: 'canary' }),
    eventWith([NOTE], { timestamp: aWeekAgo }),
  ])
  expect(await counted()).toEqual(['1 web page_viewed properties.note phone mask'])
  expect(await counted('--days', '7')).toEqual([])
  expect(await counted('--days', '8')).toHaveLength(1)
})

test('analysts read the counts, and none but the loader writes them', async () => {
  await createTestLoader(database.pool).load([eventWith([TITLE])])
  const client = await database.pool.connect()
  try {
    await client.query('set role analyst')
    const { rows } = await client.query('select field, kind, events::int from warehouse.pii_inventory')
    expect(rows).toEqual([{ field: 'context.page.title', kind: 'email', events: 1 }])
    await expect(client.query('select from pipeline.pii_inventory')).rejects.toThrow(/permission denied/)
    await expect(client.query('delete from warehouse.pii_inventory')).rejects.toThrow()
  } finally {
    await client.query('reset role')
    client.release()
  }
})

test('the table for people names the columns and moves no cursor', async () => {
  const field = 'properties.\u001b[2Jnote'
  await createTestLoader(database.pool).load([
    eventWith([{ ...NOTE, field }], { event: 'quiz', custom: true }),
  ])
  const { out } = await runCommand(['inventory'], { DATABASE_URL: database.url })
  expect(out.split('\n')[0]).toMatch(/^events {2}kind {3}done/)
  expect(out).toContain('properties.?[2Jnote')
  const none = await runCommand(['inventory', '--days', '0'], { DATABASE_URL: database.url })
  expect([none.code, none.notes]).toEqual([2, expect.stringContaining('whole number from 1')])
})
