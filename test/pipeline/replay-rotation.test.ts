import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { expect, test } from 'vitest'
import { askMillrace } from '../support/ask-millrace.ts'
import { differences } from '../support/loading.ts'
import { openPipeline, type Pipeline } from '../support/open-pipeline.ts'
import { randomShop } from '../support/random-shop.ts'
import { askReplay, differingDays } from '../support/replay-report.ts'
import { type Keys, underNewKey, withKeys } from '../support/rotate-keys.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'

const RANGE = ['--from', '2025-03-01', '--to', '2025-05-10']

/** A shop whose key was rotated: first without the old one by mistake, then with both, at last with the new one alone. */
async function openRotatedShop(): Promise<Pipeline> {
  const shop = await openPipeline({ timeZone: 'Europe/Vienna' })
  const random = createSeededRandom(7)
  const events = randomShop(2).sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1))
  const phases: readonly (readonly Keys[])[] = [
    ['old'],
    ['old', 'new'],
    ['old', 'both'],
    ['both'],
    ['both', 'new'],
    ['new'],
  ]
  for (const [phase, keys] of phases.entries()) {
    const of = (index: number): number => Math.floor((index * phases.length) / events.length)
    const own = events.filter((_, index) => of(index) === phase)
    await shop.publish(own.map((event) => withKeys(event, random.pick(keys))))
    await shop.settled()
  }
  return shop
}

test('a replay over a rotation of the key finds what was counted, and every record is accounted for', async () => {
  const shop = await openRotatedShop()
  const { code, answer } = await askReplay(shop, ...RANGE)
  expect([differingDays(answer), answer.links, answer.kpis]).toEqual([[], 0, []])
  expect(code).toBe(0)
  expect(await differences(shop.pool)).toEqual([])
  const { code: reconciled } = await askMillrace(['reconcile', '--deep'], {
    DATABASE_URL: shop.databaseUrl,
    DATA_DIR: shop.dataDir,
  })
  expect(reconciled).toBe(0)
}, 120_000)

test('what a person was known by under the old key is found again when the warehouse has lost it', async () => {
  const shop = await openPipeline()
  const visitor = { anonymousPerson: personOf('visitor') }
  const at = (minute: number, keys: Keys): StampedEvent => {
    const timestamp = new Date(Date.UTC(2025, 2, 10, 12, minute)).toISOString()
    return withKeys(stampedEvent({ messageId: `m${minute}`, timestamp, ...visitor }), keys)
  }
  await shop.publish([at(0, 'old'), at(20, 'both'), at(40, 'new')])
  await shop.settled()
  const now = underNewKey(visitor.anonymousPerson)
  const known = `select canonical_id, same_as from warehouse.dim_person where person_id = '${now}'`
  const truth = (await shop.pool.query(known)).rows
  await shop.pool.query(
    `update warehouse.dim_person set canonical_id = person_id, same_as = null where person_id = $1`,
    [now],
  )
  await shop.pool.query(`insert into warehouse.fact_person_day values ($1, '2025-03-10')`, [now])
  const { answer } = await askReplay(shop, ...RANGE, '--swap', '--yes')
  expect(answer).toMatchObject({ links: 1, swapped: { after: { identical: true } } })
  expect((await shop.pool.query(known)).rows).toEqual(truth)
  expect(await differences(shop.pool)).toEqual([])
}, 60_000)
