import { gunzipSync, gzipSync } from 'node:zlib'
import { chooseObjects } from '@millrace/archive/choose-objects'
import { claimArchive } from '@millrace/archive/claim-archive'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { moveFirstDay } from '@millrace/warehouse/facts-kept'
import { deleteOldFacts } from '@millrace/warehouse/retention/delete-old-facts'
import { addDays } from '@millrace/warehouse/shadow/replay-range'
import { expect, test } from 'vitest'
import { openPipeline, type Pipeline } from '../support/open-pipeline.ts'
import { randomShop } from '../support/random-shop.ts'
import { askReplay, differingDays, differingTotals } from '../support/replay-report.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'

const SERVER = { source: 'server', keyKind: 'secret' } as const
const ANN = { userPerson: personOf('ann') }
const BOB = { userPerson: personOf('bob') }
const visitor = (name: string) => ({ anonymousPerson: personOf(name) })
let count = 0

const at = (day: string, event: string, given: Partial<StampedEvent> = {}): StampedEvent =>
  stampedEvent({ messageId: `m${count++}`, event, timestamp: `${day}T12:00:00.000Z`, ...given })

const shop = (day: string, event: string, properties: object, given: Partial<StampedEvent> = {}) =>
  at(day, event, { ...SERVER, ...given, properties: { ...properties } })

const amount = { amountMinor: 900, currency: 'EUR' }
const items = [{ sku: 'tea', quantity: 2 }]

/** Things that go on for 90 days around a day in May: begun long before it, ended or put right long after. */
function lives(): StampedEvent[] {
  const [before, day, after] = [addDays(DAY, -60), DAY, addDays(DAY, 30)]
  const complete = (on: string, orderId: string, given: Partial<StampedEvent> = {}) =>
    shop(
      on,
      'order_completed',
      { orderId, ...amount, lines: [{ sku: on, quantity: 1, amountMinor: 900 }] },
      given,
    )
  const subscription = { subscriptionId: 's1', plan: 'family', ...amount, interval: 'month' }
  return [
    shop(before, 'order_placed', { orderId: 'begun before' }),
    complete(day, 'begun before', ANN),
    shop(after, 'order_fulfilled', { orderId: 'begun before' }),
    complete(day, 'put right after'),
    complete(after, 'put right after', BOB),
    complete(before, 'put right now'),
    complete(day, 'put right now', ANN),
    complete(before, 'only fulfilled now'),
    shop(day, 'order_fulfilled', { orderId: 'only fulfilled now' }),
    shop(day, 'order_placed', { orderId: 'never completed' }, ANN),
    shop(before, 'order_placed', { orderId: 'never completed' }, { ...BOB, context: { country: 'AT' } }),

    shop(before, 'box_created', { boxId: 'b1', items }),
    shop(day, 'box_packed', { boxId: 'b1', items: [{ sku: 'tea', quantity: 1 }] }),
    shop(after, 'box_delivered', { boxId: 'b1' }),
    shop(day, 'box_packed', { boxId: 'b2', items }),
    shop(after, 'box_created', { boxId: 'b2', items, cycle: '2026-06' }),
    shop(day, 'box_created', { boxId: 'b3', items }),
    shop(after, 'box_packed', { boxId: 'b3', items, carrier: 'post' }),
    shop(after, 'box_created', { boxId: 'b3', items: [{ sku: 'jam', quantity: 9 }] }),

    shop(day, 'order_refunded', { refundId: 'moved away', ...amount }),
    shop(after, 'order_refunded', { refundId: 'moved away', ...amount, amountMinor: 800 }),
    shop(before, 'order_refunded', { refundId: 'moved here', ...amount }),
    shop(day, 'order_refunded', { refundId: 'moved here', ...amount, amountMinor: 700 }),

    shop(before, 'subscription_started', subscription, ANN),
    shop(day, 'subscription_renewed', subscription, ANN),
    shop(after, 'subscription_cancelled', { subscriptionId: 's1' }, ANN),

    // A link from before, from after, and a merge from after: all of them move the days between.
    at(before, 'page_viewed', { ...visitor('phone'), ...ANN }),
    at(day, 'page_viewed', visitor('phone')),
    at(day, 'page_viewed', visitor('tablet')),
    at(after, 'page_viewed', { ...visitor('tablet'), ...BOB }),
    at(day, 'page_viewed', { userPerson: personOf('carol') }),
    at(after, 'alias', {
      ...{ ...SERVER, type: 'alias', ...ANN },
      previousPersons: [personOf('carol'), personOf('carol as a visitor')],
    }),

    ...[before, addDays(DAY, -1), day, after].flatMap((on) => [
      at(on, 'page_viewed', { ...visitor('kiosk'), sessionId: 'never ends' }),
      at(on, 'page_viewed', {
        ...{ ...visitor('kiosk'), sessionId: 'never ends' },
        timestamp: `${on}T05:00:00.000Z`,
      }),
    ]),
  ]
}

const DAY = '2026-05-20'
const window = (from: string, to = from) => ['--from', from, '--to', to]

async function openShop(events: readonly StampedEvent[]): Promise<Pipeline> {
  const pipeline = await openPipeline()
  for (const event of events) await pipeline.publish([event])
  await pipeline.settled()
  return pipeline
}

test('what began before the replayed days, or went on after them, makes no difference', async () => {
  const pipeline = await openShop(lives())
  for (const days of [window(DAY), window(addDays(DAY, -1), addDays(DAY, 2)), window(addDays(DAY, 30))]) {
    const { answer } = await askReplay(pipeline, ...days)
    expect([differingDays(answer), differingTotals(answer), answer.links]).toEqual([[], [], 0])
  }
  const { rows } = await pipeline.pool.query(
    `select count(*)::int as n from warehouse.fact_order
     where business_date = '${DAY}' or fulfilled_date = '${DAY}' or placed_at::date = '${DAY}'`,
  )
  expect(rows).toEqual([{ n: 3 }])

  // What lies inside is the archive's, also of things that lie outside too.
  await pipeline.pool.query(
    `update warehouse.fact_order set amount_minor = 1 where order_id = 'begun before'`,
  )
  await pipeline.pool.query(`update warehouse.fact_box_item set packed = 2 where box_id = 'b1'`)
  await pipeline.pool.query(`delete from warehouse.fact_refund where refund_id = 'moved here'`)
  const { answer } = await askReplay(pipeline, ...window(DAY), '--swap', '--yes')
  expect(differingDays(answer)).toEqual([
    `fact_box_item ${DAY} 2/2`,
    `fact_order ${DAY} 3/3`,
    `fact_refund ${DAY} 0/1`,
  ])
  expect(answer.swapped?.after.identical).toBe(true)
}, 120_000)

test('of two events with one id the one counts that was loaded first, whichever is read first', async () => {
  const one = shop(DAY, 'order_completed', { orderId: 'o1', ...amount }, ANN)
  const other = stampedEvent({
    ...one,
    ...BOB,
    properties: { ...one.properties, amountMinor: 5 },
    contentHash: '',
  })
  const conflict = { ...other, contentHash: 'ffffffffffffffff' }
  for (const events of [
    [one, conflict],
    [conflict, one],
  ]) {
    const pipeline = await openPipeline({ partitions: 4 })
    for (const event of events) {
      await pipeline.publish([event])
      await pipeline.settled()
    }
    const { answer } = await askReplay(pipeline, ...window(DAY))
    expect(answer).toMatchObject({ identical: true, records: { loaded: 1, refused: 1 } })
  }
}, 60_000)

test('lines of erased persons are passed over and counted', async () => {
  const pipeline = await openShop([
    at(DAY, 'user_logged_in', ANN),
    at(DAY, 'user_logged_in', BOB),
    at(DAY, 'error_occurred', { ...ANN, properties: { code: 'timeout' } }),
  ])
  const { archive, pool } = pipeline
  for (const table of ['fact_event', 'fact_login', 'fact_error', 'fact_person_day', 'fact_session'])
    await pool.query(`delete from warehouse.${table} where person_id = $1`, [ANN.userPerson])
  for (const { key } of await chooseObjects(archive, 'events.v1', {})) {
    const object = await archive.get(key)
    if (!object) throw new Error(`${key} is gone`)
    const erased = gunzipSync(object.body)
      .toString()
      .replaceAll(/^.*$/gm, (line) =>
        line.includes(ANN.userPerson) ? `{"offset":${JSON.parse(line).offset},"erased":true}` : line,
      )
    await archive.replaceIfUnchanged(key, object.etag, gzipSync(erased), object.metadata)
  }
  const { answer } = await askReplay(pipeline, ...window(DAY))
  expect(answer).toMatchObject({ identical: true, records: { loaded: 1, erased: 2 } })
}, 60_000)

test('with a record missing in the archive nothing is recomputed, let alone taken away', async () => {
  const pipeline = await openPipeline({ partitions: 1 })
  for (let day = 0; day < 3; day++) {
    await pipeline.publish([at(addDays(DAY, day), 'user_logged_in', ANN)])
    await pipeline.settled()
  }
  const objects = await chooseObjects(pipeline.archive, 'events.v1', {})
  expect(objects).toHaveLength(3)
  const without = async (index: number, args: readonly string[]) => {
    const object = await pipeline.archive.get(objects[index]?.key ?? '')
    if (!object) throw new Error('it is gone')
    await pipeline.archive.delete(object.key)
    const refused = askReplay(pipeline, ...args, '--wait', '1').then(
      () => 'nothing was refused',
      ({ message }: Error) => message,
    )
    const said = await refused
    await pipeline.archive.putIfAbsent(object.key, object.body, object.metadata)
    return said
  }
  const march = window(DAY, addDays(DAY, 5))
  expect(await without(1, march)).toContain('Offset 1 of events.v1/0 is in no object of the archive')
  expect(await without(2, march)).toContain('Offset 2 of events.v1/0 is in no object of the archive')
  expect(await without(0, march)).toContain('begins at offset 1, too late to recompute from 2026-04-19')
  // What was received before the days that are needed need not be there any more.
  expect(await without(0, window(addDays(DAY, 40)))).toContain('nothing was refused')
  expect((await askReplay(pipeline, ...march)).answer.identical).toBe(true)
}, 60_000)

test('what is loaded and not yet archived is waited for, not for ever', async () => {
  const pipeline = await openPipeline({ partitions: 1 })
  await pipeline.publish([at(DAY, 'user_logged_in', ANN)])
  await pipeline.settled()
  await pipeline.pool.query(`update pipeline.load_position set next_offset = 2 where topic = 'events.v1'`)
  await expect(askReplay(pipeline, ...window(DAY), '--wait', '1')).rejects.toThrow(
    'events.v1/0 is archived up to offset 1 and loaded further, for 1 s already',
  )
}, 60_000)

test('days that retention keeps are replayed, earlier ones refused', async () => {
  const pipeline = await openPipeline({ partitions: 4, timeZone: 'Europe/Vienna' })
  const { jobs } = pipeline
  await pipeline.publish(randomShop(11))
  await pipeline.settled()
  const firstDay = '2025-11-05'
  await moveFirstDay(jobs.pool, firstDay)
  const never = new AbortController().signal
  await deleteOldFacts({
    ...{ pool: jobs.pool, before: firstDay, timeZone: 'Europe/Vienna', signal: never },
    progress: async () => undefined,
  })
  await pipeline.publish([at('2025-11-04', 'user_logged_in', ANN), at('2025-11-06', 'user_logged_in', ANN)])
  await pipeline.settled()
  const { answer } = await askReplay(pipeline, ...window(firstDay, '2025-11-20'))
  expect([differingDays(answer), differingTotals(answer)]).toEqual([[], []])
  expect(answer.tables.find(({ table }) => table === 'fact_event')?.live).toBeGreaterThan(100)
  await expect(askReplay(pipeline, ...window('2025-11-04', '2025-11-20'))).rejects.toThrow(
    'Facts are kept from 2025-11-05 on',
  )
}, 60_000)

test('an archive of another log is refused', async () => {
  const pipeline = await openShop([at(DAY, 'user_logged_in', ANN)])
  await pipeline.archive.delete('log.json')
  await claimArchive(pipeline.archive, 'a-log-of-somebody-else')
  await expect(askReplay(pipeline, ...window(DAY))).rejects.toThrow(
    'The archive is that of log a-log-of-somebody-else',
  )
}, 60_000)
