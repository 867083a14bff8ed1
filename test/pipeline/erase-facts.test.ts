import { randomUUID } from 'node:crypto'
import { tombstoneOf } from '@millrace/archive/erase/tombstone-objects'
import { eraseFromEvent } from '@millrace/contracts/erase-people'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import { createPool } from '@millrace/warehouse/database'
import { eraseFacts } from '@millrace/warehouse/erase/erase-facts'
import { beginErasure } from '@millrace/warehouse/erase/erasures'
import { compareFacts } from '@millrace/warehouse/shadow/compare-facts'
import { compareTotals } from '@millrace/warehouse/shadow/compare-totals'
import { readFactTables } from '@millrace/warehouse/shadow/fact-table'
import type { Pool } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { createTestLoader, differences } from '../support/loading.ts'
import { randomShop } from '../support/random-shop.ts'
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const ZONE = 'Europe/Vienna'
const EVER = { from: '2000-01-01', to: '2100-01-01' }

async function openDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  return database
}

async function load(pool: Pool, events: readonly StampedEvent[]): Promise<void> {
  const loader = createTestLoader(pool, ZONE)
  for (let from = 0; from < events.length; from += 500) {
    await loader.load(events.slice(from, from + 500), (from / 500) % 4)
  }
}

const DAY_MS = 86_400_000
const SERVER = { source: 'server', keyKind: 'secret' } as const

/** Orders, refunds, boxes and sessions that several persons have a part in, and nobody. */
function sharedThings(random: SeededRandom): StampedEvent[] {
  const someone = () => (random.chance(0.7) ? { userPerson: personOf(`user ${random.whole(0, 39)}`) } : {})
  const make = (n: number, event: string, properties: object, given: Partial<StampedEvent> = SERVER) => {
    const timestamp = new Date(Date.UTC(2025, 2, 10) + random.whole(0, 3 * DAY_MS)).toISOString()
    const messageId = `shared ${event} ${n} ${random.next()}`
    return stampedEvent({
      messageId,
      timestamp,
      event,
      ...given,
      ...someone(),
      properties: { ...properties },
    })
  }
  return Array.from({ length: 60 }, (_, n) => {
    const money = () => ({ amountMinor: random.whole(1, 999), currency: 'EUR' })
    const order = { orderId: `shared ${n}` }
    const box = { boxId: `shared ${n}` }
    const items = () => [{ sku: random.pick(['a', 'b']), quantity: random.whole(1, 3) }]
    const lines = () => [{ sku: 'a', quantity: 1, amountMinor: random.whole(1, 9) }]
    const refund = { refundId: `shared ${n}` }
    return [
      make(n, 'order_placed', order),
      make(n, 'order_placed', order),
      make(n, 'order_completed', { ...order, ...money(), lines: lines() }),
      make(n, 'order_completed', { ...order, ...money(), lines: lines() }),
      make(n, 'order_fulfilled', order),
      make(n, 'order_refunded', { ...refund, ...money() }),
      make(n, 'order_refunded', { ...refund, ...money() }),
      make(n, 'box_created', { ...box, items: items() }),
      make(n, 'box_created', { ...box, items: items() }),
      make(n, 'box_packed', { ...box, items: items() }),
      make(n, 'box_shipped', box),
      ...[1, 2, 3].map(() => make(n, 'page_viewed', {}, { ...SERVER, sessionId: `shared ${n % 20}` })),
    ]
  }).flat()
}

/** Visitors around a change of the pseudonym key: known by the old one, by both, by the new one. */
function renamed(random: SeededRandom): StampedEvent[] {
  return Array.from({ length: 120 }, (_, n) => {
    const visitor = n % 6
    const [before, now] = [personOf(`visitor ${visitor} before`), personOf(`visitor ${visitor} now`)]
    const people = random.pick([
      { anonymousPerson: before },
      { anonymousPerson: now, retired: { anonymousPerson: before } },
      { anonymousPerson: now, userPerson: personOf(`user ${random.whole(0, 9)}`) },
    ])
    const at = Date.UTC(2025, 2, 12) + visitor * DAY_MS + n * random.whole(60_000, 120_000)
    return stampedEvent({ messageId: `renamed ${n}`, timestamp: new Date(at).toISOString(), ...people })
  })
}

/** With the rights of the jobs service, which ends what a command has begun. */
async function erase(database: TestDatabase, given: readonly string[]) {
  const pool = createPool({ url: database.url, role: 'millrace_jobs', name: 'test' })
  try {
    const erasureId = randomUUID()
    const people = await beginErasure(pool, erasureId, given)
    const deps = { pool, businessDate: createBusinessDate(ZONE), progress: () => undefined }
    return { people, ...(await eraseFacts(deps, erasureId, people)) }
  } finally {
    await pool.end()
  }
}

/** What the events would be if the persons had never been. */
function withoutPeople(events: readonly StampedEvent[], people: ReadonlySet<string>): StampedEvent[] {
  return events.flatMap((event) => {
    const left = eraseFromEvent(event, (person) => people.has(person))
    if (left.kind === 'erased') return []
    return [left.kind === 'kept' ? event : (left.value as StampedEvent)]
  })
}

/** Tables, totals and persons that are not the same in both. */
async function compare(live: Pool, shadow: Pool): Promise<string[]> {
  const tables = await Promise.all(
    (await readFactTables(live)).map((table) => compareFacts({ live, shadow }, table, EVER, ZONE)),
  )
  const days = tables.flatMap(({ table, days }) =>
    days.map(({ day, live: here, replayed }) => `${table} ${day} ${here}/${replayed}`),
  )
  const totals = await compareTotals({ live, shadow }, EVER)
  const persons = await Promise.all([live, shadow].map(readPersons))
  const known = new Set(persons[1])
  return [
    ...days,
    ...totals.map(({ kpi, date }) => `${kpi} ${date}`),
    ...(persons[0] ?? []).filter((person) => !known.has(person)),
  ]
}

async function readPersons(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ person: string }>(
    `select concat_ws(' ', person_id, canonical_id, kind, plan) as person from warehouse.dim_person order by 1`,
  )
  return rows.map(({ person }) => person)
}

test.each([1, 2, 3, 4])(
  'a warehouse from which persons were erased is one that never knew them (seed %i)',
  async (seed) => {
    const random = createSeededRandom(seed * 100)
    const events = random.shuffle([...randomShop(seed), ...sharedThings(random), ...renamed(random)])
    const database = await openDatabase()
    await load(database.pool, events)
    const given = [0, 1, 2].map(() => personOf(`user ${random.whole(0, 39)}`))
    given.push(
      personOf(`user ${seed}`),
      personOf('visitor 3 before'),
      personOf(`visitor ${random.whole(0, 69)}`),
      personOf('restless 2'),
    )
    const { people, counts } = await erase(database, given)
    expect(people.size).toBeGreaterThan(given.length)
    expect(counts.facts.fact_event).toBeGreaterThan(10)

    const other = await openDatabase()
    await load(other.pool, withoutPeople(events, people))
    expect(await compare(database.pool, other.pool)).toEqual([])
    expect(await differences(database.pool)).toEqual([])

    const again = await erase(database, given)
    expect(sumOf(again.counts)).toBe(0)
  },
  120_000,
)

function sumOf(counts: object): number {
  return Object.values(counts).reduce(
    (sum: number, count: unknown) => sum + (typeof count === 'number' ? count : sumOf(count as object)),
    0,
  )
}

test('the database and the archive hash tombstones alike', async () => {
  const { pool } = await openDatabase()
  const { rows } = await pool.query('select pipeline.tombstone_of($1) as hash', [personOf('ann')])
  expect(rows).toEqual([{ hash: tombstoneOf(personOf('ann')) }])
})

test('what is loaded of an erased person later is erased when it was received before, and counts when after', async () => {
  const { pool, ...database } = await openDatabase()
  const ann = { userPerson: personOf('ann') }
  const loader = createTestLoader(pool)
  const received = (messageId: string, receivedAt: string) =>
    stampedEvent({ messageId, ...ann, receivedAt, timestamp: '2026-11-20T12:00:00.000Z' })
  await loader.load([received('m1', '2026-11-20T12:00:00.000Z')])
  const { erasedAt } = await erase({ pool, ...database }, [ann.userPerson])
  const before = new Date(Date.parse(erasedAt) - 1).toISOString()
  await loader.load([received('m2', before), received('m3', erasedAt), received('m1', erasedAt)])
  expect(loader.outcomes.at(-1)).toEqual({
    ...{ loaded: 1, ignored: 0, duplicate: 1, quarantined: 0, erased: 1 },
  })
  // Sent again after the erasure: known already.
  await loader.load([received('m2', erasedAt)])
  expect(loader.outcomes.at(-1)).toMatchObject({ loaded: 0, duplicate: 1 })
  const { rows } = await pool.query('select event_id from warehouse.fact_event')
  expect(rows).toEqual([{ event_id: received('m3', erasedAt).eventId }])
})
