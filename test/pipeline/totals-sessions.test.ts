import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestLoader, differences } from '../support/loading.ts'
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

/** A visitor who is there for six days with never more than 30 minutes between two events. */
function restless(random: SeededRandom, given: Partial<StampedEvent>): StampedEvent[] {
  let at = Date.UTC(2025, 2, 8, 13)
  return Array.from({ length: 400 }, (_, n) => {
    at += random.whole(15, 30) * MINUTE_MS
    const timestamp = new Date(at).toISOString()
    return stampedEvent({ messageId: `m${n}`, timestamp, anonymousPerson: personOf('v'), ...given })
  })
}

/** How many events there are in each 24 hours from the first event on, and when they begin and end. */
function cutEvery24Hours(events: readonly StampedEvent[]): string[] {
  const times = events.map(({ timestamp }) => Date.parse(timestamp))
  const parts = new Map<number, number[]>()
  for (const time of times) {
    const part = Math.floor((time - (times[0] ?? 0)) / DAY_MS)
    parts.set(part, [...(parts.get(part) ?? []), time])
  }
  return [...parts.values()].map((part) => [part[0], part.at(-1), part.length].join(' '))
}

async function storedSessions(): Promise<string[]> {
  const { rows } = await database.pool.query<{ started: Date; ended: Date; events: number }>(
    'select started_at as started, ended_at as ended, events::int from warehouse.fact_session order by started_at',
  )
  return rows.map(({ started, ended, events }) => [started.getTime(), ended.getTime(), events].join(' '))
}

// With 9 and 15, parts of less than 23.5 hours stand in the middle.
test.each([
  [9, {}],
  [15, {}],
  [9, { sessionId: 's1' }],
])(
  'who is never idle is cut every 24 hours from the start, in any order of arrival: %i, %o',
  async (seed, given) => {
    const random = createSeededRandom(seed)
    const events = restless(random, given)
    const shuffled = random.shuffle(events)
    const loader = createTestLoader(database.pool)
    for (let from = 0; from < shuffled.length; ) {
      const until = from + random.whole(1, 60)
      await loader.load(shuffled.slice(from, until))
      from = until
    }
    expect(await storedSessions()).toEqual(cutEvery24Hours(events))
    expect(await differences(database.pool)).toEqual([])
  },
)
