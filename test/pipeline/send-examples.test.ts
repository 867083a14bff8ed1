import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ClientEvent } from '@millrace/cli/send/mapping'
import { openSource } from '@millrace/cli/send/send-file'
import { parseBatch } from '@millrace/contracts/parse-batch'
import type { ParsedEvent } from '@millrace/contracts/parsed-event'
import type { WriteKey } from '@millrace/contracts/write-key'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  RECOUNT_SCRIPT,
  type RecountedDay,
  readRecountAnswers,
  sharedData,
  toAnswers,
} from '../support/recount-answers.ts'

const KEY: WriteKey = { key: 'sk_test_import', source: 'import', kind: 'secret', historical: true }

const RETAIL = sharedData('online_retail/online_retail.csv.gz')
const ECOM = sharedData('retentioneering_ecom/ecom.csv.gz')
const WEBLOGS = sharedData('weblogs/apache_access.log.gz')

/** The events that an example makes of a file, each as it stands after its contract. */
async function eventsOf(file: string | undefined, example: string): Promise<readonly ParsedEvent[]> {
  const map = fileURLToPath(new URL(`../../docs/examples/${example}.ts`, import.meta.url))
  const { events } = await openSource({ file: file ?? '', map })
  const sent: ClientEvent[] = []
  for await (const event of events) sent.push(JSON.parse(JSON.stringify(event)))
  expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(sent.length)
  return [...inBatches(sent)].flatMap((batch) => {
    const parsed = parseBatch({ batch }, { key: KEY })
    if (parsed.kind !== 'batch') throw new Error(parsed.detail)
    expect(parsed.rejected).toEqual([])
    return parsed.events
  })
}

function* inBatches<T>(items: readonly T[], size = 500): Generator<readonly T[]> {
  for (let first = 0; first < items.length; first += size) yield items.slice(first, first + size)
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)))
}

const dayOf = ({ originalTimestamp }: ParsedEvent): string => originalTimestamp?.slice(0, 10) ?? ''

describe.skipIf(!RETAIL)('the invoices of a web shop', () => {
  let events: readonly ParsedEvent[]
  beforeAll(async () => {
    events = await eventsOf(RETAIL, 'online-retail')
  })

  test('make the events that an independent recount expects, day by day', async () => {
    const answers = await readRecountAnswers()
    const counted = countDays(events)
    for (const [day, { wau: _, mau: __, ...expected }] of answers.days) {
      expect({ day, ...(counted.get(day) ?? countDay([])) }).toEqual({ day, ...expected })
    }
    expect([...counted.keys()].filter((day) => !answers.days.has(day))).toEqual([])
    expect(netByCountry(events)).toEqual(answers.netPenceByCountry)
  })

  test('carry their lines, which add up to the order but for the rounding of a line', async () => {
    const orders = (await eventsOf(RETAIL, 'online-retail')).filter(
      ({ event }) => event === 'order_completed',
    )
    const { totals } = await readRecountAnswers()
    expect(orders.reduce((count, order) => count + linesOf(order).length, 0)).toBe(totals.saleLines)
    const wrong = orders.filter(
      (order) => linesOf(order).reduce((sum, line) => sum + line.amountMinor, 0) !== amountOf(order),
    )
    expect(wrong.length).toBeLessThanOrEqual(4)
  })

  test('are recounted from the file as the kept answers say', async ({ skip }) => {
    const python = spawnable('python3')
    skip(!python, 'python3 is not there')
    const printed = execFileSync('python3', [RECOUNT_SCRIPT, RETAIL ?? ''], { encoding: 'utf8' })
    expect(toAnswers(printed)).toEqual(await readRecountAnswers())
  })
})

function countDays(events: readonly ParsedEvent[]): ReadonlyMap<string, Omit<RecountedDay, 'wau' | 'mau'>> {
  const byDay = new Map<string, ParsedEvent[]>()
  for (const event of events) byDay.set(dayOf(event), [...(byDay.get(dayOf(event)) ?? []), event])
  return new Map([...byDay].map(([day, ofDay]) => [day, countDay(ofDay)]))
}

function countDay(events: readonly ParsedEvent[]): Omit<RecountedDay, 'wau' | 'mau'> {
  const named = (name: string): readonly ParsedEvent[] => events.filter(({ event }) => event === name)
  const active = [...named('order_completed'), ...named('user_signed_up')]
  return {
    orders: named('order_completed').length,
    grossPence: sumOf(named('order_completed')),
    refundEvents: named('order_refunded').length,
    refundsPence: sumOf(named('order_refunded')),
    signUps: named('user_signed_up').length,
    stockAdjusted: named('stock_adjusted').length,
    badDebtAdjusted: named('bad_debt_adjusted').length,
    dau: new Set(active.flatMap(({ userId }) => userId ?? [])).size,
  }
}

function netByCountry(events: readonly ParsedEvent[]): Record<string, number> {
  const net: Record<string, number> = {}
  for (const event of events) {
    const sign = { order_completed: 1, order_refunded: -1 }[event.event] ?? 0
    const { country } = event.context
    if (sign !== 0) net[country] = (net[country] ?? 0) + sign * amountOf(event)
  }
  return net
}

function sumOf(events: readonly ParsedEvent[]): number {
  return events.reduce((sum, event) => sum + amountOf(event), 0)
}

function amountOf({ properties }: ParsedEvent): number {
  return properties.amountMinor as number
}

function linesOf({ properties }: ParsedEvent): readonly { amountMinor: number }[] {
  return properties.lines as { amountMinor: number }[]
}

function spawnable(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe.skipIf(!ECOM)('the click stream of a shop', () => {
  test('makes an event of every row, by its name', async () => {
    const events = await eventsOf(ECOM, 'retentioneering-ecom')
    expect(countBy(events, ({ event }) => event)).toEqual({
      compare: 275,
      error_occurred: 276 + 119 + 44,
      feedback_submitted: 277,
      filter_results: 2610,
      page_viewed: 2762 + 6521 + 796 + 659 + 406 + 1204,
      payment_details: 709,
      product_added: 1346,
      product_viewed: 6851,
      purchase: 470,
      search: 4011,
      shipping_details: 958,
      wishlist_add: 812,
    })
  })

  test('keeps users, sessions and days', async () => {
    const events = await eventsOf(ECOM, 'retentioneering-ecom')
    expect(events.length).toBe(31_106)
    expect(new Set(events.map(({ userId }) => userId)).size).toBe(600)
    expect(new Set(events.map(({ sessionId }) => sessionId)).size).toBe(3605)
    expect(new Set(events.map(dayOf)).size).toBe(177)
    expect(
      events
        .map(({ originalTimestamp }) => originalTimestamp)
        .sort()
        .at(0),
    ).toBe('2024-01-04T11:45:38.000Z')
  })
})

describe.skipIf(!WEBLOGS)('the lines of an access log', () => {
  test('make a page view or an error each, by visitors and days', async () => {
    const events = await eventsOf(WEBLOGS, 'weblogs')
    expect(countBy(events, dayOf)).toEqual({
      '2015-05-17': 1632,
      '2015-05-18': 2893,
      '2015-05-19': 2896,
      '2015-05-20': 2579,
    })
    const errors = events.filter(({ event }) => event === 'error_occurred')
    expect(countBy(errors, dayOf)).toEqual({
      '2015-05-17': 30,
      '2015-05-18': 66,
      '2015-05-19': 66,
      '2015-05-20': 58,
    })
    expect(events.filter(({ event }) => event === 'page_viewed').length).toBe(10_000 - errors.length)
    const visitorsOf = (day: string): number =>
      new Set(events.filter((event) => dayOf(event) === day).map(({ anonymousId }) => anonymousId)).size
    expect(['2015-05-17', '2015-05-18', '2015-05-19', '2015-05-20'].map(visitorsOf)).toEqual([
      341, 627, 561, 505,
    ])
  })
})
