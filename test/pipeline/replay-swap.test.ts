import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { moveFirstDay } from '@millrace/warehouse/facts-kept'
import { expect, onTestFinished, test } from 'vitest'
import { seriesOf } from '../support/loading.ts'
import { openPipeline, type Pipeline } from '../support/open-pipeline.ts'
import { openReplay } from '../support/open-replay.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'

const DAY_BEFORE = '2026-05-19'
const DAY = '2026-05-20'
const PHONE = { anonymousPerson: personOf('phone') }
const ANN = { userPerson: personOf('ann') }
const BOB = { userPerson: personOf('bob') }

const at = (day: string, event: string, given: Partial<StampedEvent>): StampedEvent =>
  stampedEvent({ messageId: `${event} ${day}`, event, timestamp: `${day}T12:00:00.000Z`, ...given })

/** A pipeline whose phone became Ann, and a replay of days up to that on which it did. */
async function openDay() {
  const pipeline = await openPipeline()
  await pipeline.publish([at(DAY, 'user_logged_in', { ...PHONE, ...ANN })])
  await pipeline.settled()
  const opened = await openReplay(pipeline.databaseUrl, pipeline.archive, { timeZone: 'UTC' })
  onTestFinished(() => opened.close())
  return { pipeline, replayDays: (from = DAY) => opened.replay({ days: { from, to: DAY } }) }
}

async function canonicalOf({ pool }: Pipeline, personId: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ id: string }>(
    'select canonical_id as id from warehouse.dim_person where person_id = $1',
    [personId],
  )
  return rows[0]?.id
}

test('days that retention came to between comparison and swap are left as they are', async () => {
  const { pipeline, replayDays } = await openDay()
  // As retention deletes: what was counted stays.
  await pipeline.pool.query(
    `begin; set local millrace.keep_totals = 'on'; delete from warehouse.fact_login; commit`,
  )
  const counted = await seriesOf(pipeline.pool, 'logins')
  const { comparison, swap } = await replayDays()
  expect(comparison.identical).toBe(false)
  await moveFirstDay(pipeline.pool, '2026-05-21')
  await expect(swap()).rejects.toThrow('Facts are kept from 2026-05-21 on')
  expect(await seriesOf(pipeline.pool, 'logins')).toEqual(counted)
}, 60_000)

test('an order that a day lost is put back whole when more of it was loaded since, on another day', async () => {
  const server = { source: 'server', keyKind: 'secret' } as const
  const order = (day: string, step: string, orderId: string) =>
    at(day, step, {
      ...{ ...server, messageId: `${step} ${orderId}` },
      properties: { orderId, amountMinor: 900, currency: 'EUR' },
    })
  const { pipeline, replayDays } = await openDay()
  await pipeline.publish([order(DAY, 'order_completed', 'lost')])
  await pipeline.settled()
  await pipeline.pool.query('delete from warehouse.fact_order')
  const { comparison, swap } = await replayDays(DAY_BEFORE)
  expect(comparison.tables.filter(({ days }) => days.length > 0)).toMatchObject([{ table: 'fact_order' }])
  await pipeline.publish([
    order(DAY, 'order_completed', 'another'),
    order(DAY_BEFORE, 'order_placed', 'lost'),
  ])
  await pipeline.settled()
  expect((await swap()).after.identical).toBe(true)
  expect(await seriesOf(pipeline.pool, 'orders')).toEqual([`${DAY} 2`])
}, 60_000)

test('a link that got lost is put back to whom its user has become since the comparison', async () => {
  const { pipeline, replayDays } = await openDay()
  const { pool } = pipeline
  await pool.query('update warehouse.dim_person set canonical_id = person_id')
  const { comparison, swap } = await replayDays()
  expect(comparison.links).toBe(1)
  const merge = at('2026-07-01', 'alias', { type: 'alias', ...BOB, previousPersons: [ANN.userPerson] })
  await pipeline.publish([{ ...merge, source: 'server', keyKind: 'secret' }])
  await pipeline.settled()
  expect((await swap()).after.identical).toBe(true)
  expect(await canonicalOf(pipeline, PHONE.anonymousPerson)).toBe(BOB.userPerson)
}, 60_000)
