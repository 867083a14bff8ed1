import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadAtOnce } from '../support/load-at-once.ts'
import { createTestLoader, differences } from '../support/loading.ts'
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const IDLE_MS = 30 * 60_000
const DAY_MS = 86_400_000

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

/** Visitors who are there for days, with pauses that are just not or just about too long, some of it under session ids. */
function restless(random: SeededRandom, { ids }: { ids: number }): StampedEvent[] {
  const shortest = random.pick([10, 20, 25])
  let at = Date.UTC(2025, 2, 8, 13)
  return Array.from({ length: random.whole(200, 500) }, (_, n) => {
    const isBreak = random.chance(0.008)
    at += isBreak ? random.pick([IDLE_MS + 1, 5 * IDLE_MS]) : random.whole(shortest * 60_000, IDLE_MS)
    return stampedEvent({
      messageId: `m${n}`,
      timestamp: new Date(at).toISOString(),
      anonymousPerson: personOf(random.chance(0.004) ? 'another' : 'visitor'),
      ...(random.chance(ids) ? { sessionId: `s${random.whole(0, 1)}` } : {}),
    })
  })
}

/** Sessions as lines of key, first and last moment, number of events and, of parts, the moment of the whole's start. */
function sessionsOf(events: readonly StampedEvent[]): string[] {
  const times = new Map<string, number[]>()
  for (const { sessionId, anonymousPerson, timestamp } of events) {
    const key = sessionId ? `id ${sessionId}` : `idle ${anonymousPerson}`
    times.set(key, [...(times.get(key) ?? []), Date.parse(timestamp)])
  }
  const lines = [...times].flatMap(([key, all]) => {
    all.sort((a, b) => a - b)
    const wholes = key.startsWith('idle') ? cutWhere(all, (time, last) => time - last > IDLE_MS) : [all]
    return wholes.flatMap((whole) => {
      const [start = 0] = whole
      const partOf = (time: number): number => Math.floor((time - start) / DAY_MS)
      const parts = cutWhere(whole, (time, last) => partOf(time) > partOf(last))
      const from = parts.length > 1 ? start : 'whole'
      return parts.map((part) => [key, part[0], part.at(-1), part.length, from].join(' '))
    })
  })
  return lines.sort()
}

function cutWhere(sorted: readonly number[], isCut: (time: number, last: number) => boolean): number[][] {
  const stretches: number[][] = []
  for (const [index, time] of sorted.entries()) {
    if (index === 0 || isCut(time, sorted[index - 1] ?? 0)) stretches.push([])
    stretches.at(-1)?.push(time)
  }
  return stretches
}

async function storedSessions(): Promise<string[]> {
  const { rows } = await database.pool.query(
    `select kind, session_key, started_at, ended_at, events, split_from from warehouse.fact_session`,
  )
  const lines = rows.map(({ kind, session_key, started_at, ended_at, events, split_from }) =>
    [kind, session_key, +started_at, +ended_at, events, split_from ? +split_from : 'whole'].join(' '),
  )
  return lines.sort()
}

const ORDERS: Record<string, (events: readonly StampedEvent[], random: SeededRandom) => StampedEvent[]> = {
  'as they happen': (events) => [...events],
  backwards: (events) => [...events].reverse(),
  'at random': (events, random) => random.shuffle(events),
  'some of them late': (events, random) => {
    const ranked = events.map((event, index) => ({ event, rank: index + random.whole(0, 150) }))
    return ranked.sort((a, b) => a.rank - b.rank).map(({ event }) => event)
  },
}

describe.each([
  [1, 0],
  [2, 0],
  [103, 0],
  [4, 0.3],
  [5, 1],
  [6, 1],
])('sessions that last for days, seed %i, share with an id %f', (seed, ids) => {
  test.each(Object.entries(ORDERS))(
    'end and are cut at the same moments when they arrive %s',
    async (_, arrange) => {
      const random = createSeededRandom(seed)
      const events = restless(random, { ids })
      const arriving = arrange(events, random)
      const loader = createTestLoader(database.pool)
      for (let from = 0; from < arriving.length; ) {
        const until = from + random.whole(1, 60)
        await loader.load(arriving.slice(from, until))
        from = until
      }
      expect(await storedSessions()).toEqual(sessionsOf(events))
      expect(await differences(database.pool)).toEqual([])
    },
  )
})

test('two long visits that a late event joins are cut from the start of the first', async () => {
  const at = (minutes: number): StampedEvent =>
    stampedEvent({
      messageId: `m${minutes}`,
      timestamp: new Date(Date.UTC(2025, 2, 8) + minutes * 60_000).toISOString(),
      anonymousPerson: personOf('visitor'),
    })
  const first = Array.from({ length: 100 }, (_, n) => at(n * 25))
  const second = Array.from({ length: 100 }, (_, n) => at(100 * 25 + 20 + n * 25))
  const loader = createTestLoader(database.pool)
  await loader.load(second)
  await loader.load(first)
  await loader.load([at(100 * 25 - 5)])
  expect(await storedSessions()).toEqual(sessionsOf([...first, ...second, at(100 * 25 - 5)]))
})

test('a client that never changes its session id costs no reading of what it did before', async () => {
  const events = restless(createSeededRandom(4), { ids: 1 })
  await database.pool.query('revoke select on warehouse.fact_event from millrace_loader')
  await loadAtOnce([events], { url: database.url, timeZone: 'UTC', batchSize: () => 7 })
  expect(await storedSessions()).toEqual(sessionsOf(events))
})
