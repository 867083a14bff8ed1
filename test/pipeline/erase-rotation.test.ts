import { randomUUID } from 'node:crypto'
import { eraseFromEvent } from '@millrace/contracts/erase-people'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import { createPool } from '@millrace/warehouse/database'
import { eraseFacts } from '@millrace/warehouse/erase/erase-facts'
import { beginErasure } from '@millrace/warehouse/erase/erasures'
import type { Pool } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { createTestLoader, differences } from '../support/loading.ts'
import { randomShop } from '../support/random-shop.ts'
import { type Keys, underNewKey, withKeys } from '../support/rotate-keys.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { showKpis } from '../support/show-kpis.ts'
import { personOf } from '../support/stamped-event.ts'
import { createTestDatabase } from '../support/test-database.ts'

async function load(events: readonly StampedEvent[]): Promise<{ pool: Pool; url: string }> {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  await createTestLoader(database.pool).load(events)
  return database
}

test('who is erased by the pseudonym of one key leaves with those of both, and no KPI shows that they were there', async () => {
  const random = createSeededRandom(5)
  const sorted = randomShop(3).sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1))
  const phases: readonly (readonly Keys[])[] = [['old'], ['old', 'both'], ['both'], ['both', 'new']]
  const events = sorted.map((event, index) =>
    withKeys(event, random.pick(phases[Math.floor((index * phases.length) / sorted.length)] ?? ['new'])),
  )
  const { pool, url } = await load(events)
  const jobs = createPool({ url, role: 'millrace_jobs', name: 'test' })
  onTestFinished(() => jobs.end())
  const erasureId = randomUUID()
  const given = [underNewKey(personOf('user 4')), personOf('user 9'), underNewKey(personOf('restless 0'))]
  const people = await beginErasure(jobs, erasureId, given)
  expect(people).toContain(personOf('user 4'))
  expect(people).toContain(underNewKey(personOf('user 9')))
  await eraseFacts(
    { pool: jobs, businessDate: createBusinessDate('UTC'), progress: () => undefined },
    erasureId,
    people,
  )

  const left = events.flatMap((event) => {
    const kept = eraseFromEvent(event, (person) => people.has(person))
    if (kept.kind === 'erased') return []
    return [kept.kind === 'kept' ? event : (kept.value as StampedEvent)]
  })
  expect(left.length).toBeLessThan(events.length - 200)
  expect(await showKpis(pool)).toEqual(await showKpis((await load(left)).pool))
  expect(await differences(pool)).toEqual([])
}, 120_000)
