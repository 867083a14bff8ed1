import type { StampedEvent } from '@millrace/contracts/stamped-event'
import type { Pool } from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { loadAtOnce } from '../support/load-at-once.ts'
import { createTestLoader } from '../support/loading.ts'
import { deal, randomShop } from '../support/random-shop.ts'
import { recountEvents } from '../support/recount-events.ts'
import { type Keys, underNewKey, withKeys } from '../support/rotate-keys.ts'
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts'
import { expectRecounted } from '../support/show-kpis.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const TIME_ZONE = 'Europe/Vienna'
const opened: TestDatabase[] = []
afterEach(async () => {
  for (const database of opened.splice(0)) await database.drop()
})

async function openDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase(TIME_ZONE)
  opened.push(database)
  return database
}

/** In the middle of a day in the middle of the traffic. */
function rotationIn(events: readonly StampedEvent[]): number {
  const times = events.map(({ receivedAt }) => Date.parse(receivedAt)).sort((a, b) => a - b)
  const middle = times[Math.floor(times.length / 2)] ?? 0
  return middle - (middle % 86_400_000) + 13.5 * 3_600_000
}

/** While the APIs are restarted one by one, some of them still have the old key alone. */
function rotate(events: readonly StampedEvent[], at: number, random: SeededRandom): StampedEvent[] {
  const keysOf = (receivedAt: number): Keys => {
    if (receivedAt < at) return 'old'
    return receivedAt < at + 2 * 3_600_000 && random.chance(0.5) ? 'old' : 'both'
  }
  return events.map((event) => withKeys(event, keysOf(Date.parse(event.receivedAt))))
}

const batchSize = (random: SeededRandom) => () => random.whole(1, 300)

describe.each([1, 2])('a rotation in the middle of a day, seed %i', (seed) => {
  test('changes no KPI, whoever loads what in whatever order', async () => {
    const events = randomShop(seed)
    const random = createSeededRandom(seed)
    const { pool, url } = await openDatabase()
    const partitions = deal(events, seed)
    await loadAtOnce(
      // A repeated event comes by whatever keys the API had that took it then.
      partitions.map((partition) => rotate(partition, rotationIn(events), random)),
      { url, timeZone: TIME_ZONE, batchSize: batchSize(random) },
    )
    await expectRecounted(pool, recountEvents(partitions, TIME_ZONE))
  })

  test('leaves every fact as it is under one key, but for the pseudonyms of events', async () => {
    const events = randomShop(seed)
    const [before, after] = [await openDatabase(), await openDatabase()]
    await createTestLoader(before.pool, TIME_ZONE).load(events)
    await createTestLoader(after.pool, TIME_ZONE).load(
      rotate(events, rotationIn(events), createSeededRandom(seed)),
    )
    for (const table of ['fact_event', 'fact_person_day', 'fact_session', 'fact_order', 'fact_box'])
      expect(await rowsOf(after.pool, table), table).toEqual(await rowsOf(before.pool, table))
    expect(await canonicalPeople(after.pool)).toEqual(await canonicalPeople(before.pool))
  })

  test('that was begun without the old key is mended once that is added', async () => {
    const events = randomShop(seed)
    const seen = everyoneIn(events).map((people, n) =>
      stampedEvent({
        messageId: `seen ${n}`,
        type: 'identify',
        event: 'identify',
        ...people,
        timestamp: '2025-06-01T12:00:00.000Z',
      }),
    )
    const random = createSeededRandom(seed)
    const anyKeys = (event: StampedEvent) => withKeys(event, random.pick(['old', 'both', 'new']))
    const { pool, url } = await openDatabase()
    const partitions = deal(events, seed)
    await loadAtOnce(
      [
        ...partitions.map((partition) => partition.map(anyKeys)),
        seen.map((event) => withKeys(event, 'both')),
      ],
      { url, timeZone: TIME_ZONE, batchSize: batchSize(random) },
    )
    await expectRecounted(pool, recountEvents([...partitions, seen], TIME_ZONE))
  })
})

function everyoneIn(events: readonly StampedEvent[]): Pick<StampedEvent, 'userPerson' | 'anonymousPerson'>[] {
  const users = new Set(events.flatMap(({ userPerson }) => userPerson ?? []))
  const visitors = new Set(events.flatMap(({ anonymousPerson }) => anonymousPerson ?? []))
  return [
    ...[...users].map((userPerson) => ({ userPerson })),
    ...[...visitors].map((anonymousPerson) => ({ anonymousPerson })),
  ]
}

/** Rows without the pseudonyms that events came with. */
async function rowsOf(pool: Pool, table: string): Promise<unknown[]> {
  const { rows } = await pool.query(
    table === 'fact_person_day'
      ? 'select person_id, business_date::text from warehouse.fact_person_day order by 1, 2'
      : `select to_jsonb(f) - 'person_id' - 'anonymous_id' as row from warehouse.${table} f order by 1`,
  )
  return rows
}

/** Who counts as whom, of the pseudonyms by the old key. */
async function canonicalPeople(pool: Pool): Promise<unknown[]> {
  const { rows } = await pool.query(
    'select person_id, canonical_id, kind from warehouse.dim_person where same_as is null order by 1',
  )
  return rows
}

describe('a visit that is under way', () => {
  const visitor = { anonymousPerson: personOf('visitor') }
  const at = (minute: number, keys: Keys, given: Partial<StampedEvent> = visitor): StampedEvent => {
    const timestamp = new Date(Date.UTC(2026, 10, 20, 12, minute)).toISOString()
    return withKeys(stampedEvent({ messageId: `m${minute}`, timestamp, ...given }), keys)
  }
  const visits = async (pool: Pool): Promise<string[]> => {
    const { rows } = await pool.query<{ visit: string }>(
      `select session_key || ' ' || events as visit from warehouse.fact_session order by started_at`,
    )
    return rows.map(({ visit }) => visit)
  }

  test('when the new key comes, and when the old one goes, is one visit', async () => {
    const { pool } = await openDatabase()
    const loader = createTestLoader(pool)
    const events = [at(0, 'old'), at(20, 'both'), at(30, 'old'), at(40, 'both'), at(60, 'new'), at(80, 'new')]
    for (const event of events) await loader.load([event])
    expect(await visits(pool)).toEqual([`${visitor.anonymousPerson} 6`])
  })

  test('and was counted as two by mistake becomes one', async () => {
    const { pool } = await openDatabase()
    const loader = createTestLoader(pool)
    await loader.load([at(0, 'old'), at(20, 'new'), at(40, 'old')])
    expect(await visits(pool)).toHaveLength(3)
    await loader.load([at(1_000, 'both')])
    expect(await visits(pool)).toEqual([`${visitor.anonymousPerson} 3`, `${visitor.anonymousPerson} 1`])
  })
})

test('a visitor stays with the first user over two rotations, and an order keeps its person', async () => {
  const { pool } = await openDatabase()
  const loader = createTestLoader(pool)
  const [ann, bob, visitor] = [personOf('ann'), personOf('bob'), personOf('visitor')]
  const both = { anonymousPerson: visitor, userPerson: ann }
  const order = (event: string) => ({
    ...({ event, source: 'server', keyKind: 'secret', userPerson: ann } as const),
    properties: { orderId: 'o1', amountMinor: 100, currency: 'EUR' },
  })
  await loader.load([
    stampedEvent({ messageId: '1', type: 'identify', event: 'identify', ...both }),
    stampedEvent({ messageId: '2', ...order('order_placed') }),
    withKeys(stampedEvent({ messageId: '3', ...both, userPerson: bob }), 'both'),
    withKeys(stampedEvent({ messageId: '4', ...order('order_completed') }), 'both'),
  ])
  const again = (event: StampedEvent): StampedEvent => withKeys(event, 'both')
  await loader.load([again(withKeys(stampedEvent({ messageId: '5', ...both }), 'new'))])
  const canonical = async (person: string): Promise<string | undefined> => {
    const { rows } = await pool.query('select canonical_id from warehouse.dim_person where person_id = $1', [
      person,
    ])
    return rows[0]?.canonical_id
  }
  for (const person of [visitor, ann]) {
    for (const known of [person, underNewKey(person), underNewKey(underNewKey(person))])
      expect(await canonical(known)).toBe(ann)
  }
  expect(await canonical(underNewKey(bob))).toBe(bob)
  const { rows: orders } = await pool.query(
    `select count(*)::int as n, bool_and(canonical_id = $1) as ann
     from warehouse.fact_order join warehouse.dim_person using (person_id)`,
    [ann],
  )
  expect(orders).toEqual([{ n: 1, ann: true }])
})
