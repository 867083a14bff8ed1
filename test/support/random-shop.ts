import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { createSeededRandom, type SeededRandom } from './seeded-random.ts'
import { personOf, stampedEvent } from './stamped-event.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const DAYS = 45
const USERS = 40
const VISITORS = 70
export const PARTITIONS = 4

type Given = Omit<Partial<StampedEvent>, 'timestamp'> & { readonly at: number }

/**
 * A shop's traffic around a change of the clocks in Vienna: everything that Millrace counts in another way, by people
 * who log in, come back, are merged, are bots. The same for the same seed. Times are whole milliseconds, many of them at
 * a midnight, half an hour after the one before, or the same as another's.
 */
export function randomShop(seed: number): StampedEvent[] {
  const random = createSeededRandom(seed)
  // Both changes of a year: one day of 23 hours, one of 25.
  const firstDay = seed % 2 === 0 ? Date.UTC(2025, 2, 8) : Date.UTC(2025, 9, 4)
  let count = 0
  const make = ({ at, ...given }: Given): StampedEvent =>
    stampedEvent({ messageId: `m${seed}-${count++}`, timestamp: new Date(at).toISOString(), ...given })
  const shop: Shop = { random, make, moment: () => momentOf(random, firstDay) }
  return [
    ...visits(shop),
    ...restless(shop),
    ...people(shop),
    ...merges(shop),
    ...orders(shop),
    ...boxes(shop),
    ...excluded(shop),
    ...others(shop),
  ]
}

interface Shop {
  readonly random: SeededRandom
  make(given: Given): StampedEvent
  /** Some time of the 45 days, in epoch milliseconds. */
  moment(): number
}

/** One of eight within two seconds of a midnight in Vienna, in winter or summer time. */
function momentOf(random: SeededRandom, firstDay: number): number {
  const at = firstDay + random.whole(0, DAYS * DAY_MS - 1)
  if (!random.chance(1 / 8)) return at
  const midnight = at - (at % DAY_MS) - random.whole(1, 2) * 60 * MINUTE_MS
  return midnight + random.whole(-2_000, 2_000)
}

const user = (n: number): string => personOf(`user ${n}`)
const visitor = (n: number): string => personOf(`visitor ${n}`)
/** Every visitor turns out to be one user at most; some never log in. */
const userOf = (n: number): number | undefined => (n % 3 === 2 ? undefined : n % USERS)

/** Who an event is by: a visitor, the user, or both ids at once, which links them. */
function someone(random: SeededRandom): Pick<StampedEvent, 'anonymousPerson' | 'userPerson'> {
  const n = random.whole(0, VISITORS - 1)
  const known = userOf(n)
  if (known === undefined || random.chance(0.5)) return { anonymousPerson: visitor(n) }
  if (random.chance(0.05)) return { anonymousPerson: visitor(n), userPerson: user(known) }
  return { userPerson: user(random.whole(0, USERS - 1)) }
}

const VIEWS = ['page_viewed', 'product_viewed', 'search_performed', 'element_clicked', 'web_vital_measured']

/** Visits of a few events, most without a session id, their pauses about half an hour long. */
function visits({ random, make, moment }: Shop): StampedEvent[] {
  return Array.from({ length: 220 }, (_, n) => {
    const by = someone(random)
    const source = random.pick(['web', 'app'])
    const withId = random.chance(0.3) ? { sessionId: `s${n % 50}` } : {}
    let at = moment()
    return Array.from({ length: random.whole(1, 9) }, () => {
      at += random.pick([0, 1, 30 * MINUTE_MS, 30 * MINUTE_MS + 1, random.whole(0, 40 * MINUTE_MS)])
      const event = random.pick(VIEWS)
      return make({ at, event, source, ...by, ...withId, properties: propertiesOf(event, random) })
    })
  }).flat()
}

function propertiesOf(event: string, random: SeededRandom): Readonly<Record<string, unknown>> {
  if (event === 'product_viewed') return { sku: 'sku-1', name: 'Box' }
  if (event === 'search_performed') return random.chance(0.8) ? { results: random.whole(0, 3) } : {}
  return event === 'web_vital_measured' ? { name: 'LCP', value: random.next() * 3_000 } : {}
}

/** Visitors who are never idle for days, with a session id and without: 24 hours end their sessions. */
function restless({ random, make, moment }: Shop): StampedEvent[] {
  return [0, 1, 2].flatMap((n) => {
    const person = { anonymousPerson: personOf(`restless ${n}`) }
    const withId = n === 2 ? { sessionId: 'restless' } : {}
    const pause = n === 2 ? 300 : 29
    let at = moment()
    return Array.from({ length: n === 2 ? 30 : 260 }, () => {
      at += random.whole(MINUTE_MS, pause * MINUTE_MS)
      return make({ at, ...person, ...withId })
    })
  })
}

const CHANNELS = ['direct', 'organic', 'paid', 'a channel of their own']

function people({ random, make, moment }: Shop): StampedEvent[] {
  const identified = Array.from({ length: VISITORS }, (_, n) => n).flatMap((n) => {
    const known = userOf(n)
    if (known === undefined || n % 4 === 0) return []
    const ids = { anonymousPerson: visitor(n), userPerson: user(known) }
    return [
      make({ at: moment(), type: 'identify', event: 'identify', ...ids, properties: { plan: 'family' } }),
    ]
  })
  const signedUp = Array.from({ length: USERS }, (_, n) => {
    const channel = random.chance(0.8) ? { channel: random.pick(CHANNELS) } : {}
    return make({ at: moment(), event: 'user_signed_up', userPerson: user(n), properties: channel })
  })
  const loggedIn = Array.from({ length: 150 }, () =>
    make({ at: moment(), event: 'user_logged_in', userPerson: user(random.whole(0, USERS - 1)) }),
  )
  return [...identified, ...signedUp, ...loggedIn]
}

/** Users who became others, some of those others again. */
function merges({ make, moment }: Shop): StampedEvent[] {
  const pairs = [
    [1, 2],
    [2, 3],
    [3, 1],
    [10, 11],
    [12, 11],
    [20, 21],
    [22, 20],
    [30, 31],
  ] as const
  return pairs.map(([from, to]) => {
    const previousPersons = [user(from), personOf(`user ${from} as a visitor`)]
    return make({
      at: moment(),
      ...SERVER,
      type: 'alias',
      event: 'alias',
      userPerson: user(to),
      previousPersons,
    })
  })
}

const SERVER = { source: 'server', keyKind: 'secret' } as const
const CURRENCIES = ['EUR', 'EUR', 'JPY', 'KWD']

function orders({ random, make, moment }: Shop): StampedEvent[] {
  return Array.from({ length: 160 }, (_, n) => {
    const orderId = `o${n}`
    const placed = moment()
    const by = random.chance(0.7) ? { userPerson: user(random.whole(0, USERS - 1)) } : {}
    const order = (at: number, event: string, properties: object = {}) =>
      make({ at, event, ...SERVER, ...by, properties: { orderId, ...properties } })
    const complete = (at: number) =>
      order(at, 'order_completed', {
        ...{ amountMinor: random.whole(0, 99_999), currency: random.pick(CURRENCIES) },
        ...{ lines: [{ sku: 'sku-1', quantity: 1, amountMinor: 5 }] },
      })
    const completed = placed + random.whole(0, 60 * MINUTE_MS)
    const fulfilled = completed + random.whole(-MINUTE_MS, 4 * DAY_MS)
    return [
      ...(random.chance(0.7) ? [order(placed, 'order_placed')] : []),
      ...(random.chance(0.9) ? [complete(completed)] : []),
      // Corrected: at the same moment, before, or days later.
      ...(random.chance(0.2) ? [complete(completed + random.pick([0, -MINUTE_MS, 3 * DAY_MS]))] : []),
      ...(random.chance(0.6) ? [order(fulfilled, 'order_fulfilled')] : []),
      ...(random.chance(0.1) ? [order(fulfilled + random.pick([-500, 500]), 'order_fulfilled')] : []),
      ...refunds(random, (at, properties) => order(at, 'order_refunded', properties), placed, n),
    ]
  }).flat()
}

function refunds(
  random: SeededRandom,
  refund: (at: number, properties: object) => StampedEvent,
  placed: number,
  n: number,
): StampedEvent[] {
  if (!random.chance(0.3)) return []
  const at = placed + random.whole(-DAY_MS, 5 * DAY_MS)
  const times = random.chance(0.3) ? [at, at + random.pick([0, 1, DAY_MS])] : [at]
  return times.map((time) =>
    refund(time, {
      ...{ refundId: `r${n}`, amountMinor: random.whole(0, 5_000), currency: random.pick(CURRENCIES) },
    }),
  )
}

function boxes({ random, make, moment }: Shop): StampedEvent[] {
  return Array.from({ length: 90 }, (_, n) => {
    const items = () =>
      ['a', 'b', 'c', 'a'].flatMap((sku) =>
        random.chance(0.7) ? [{ sku, quantity: random.whole(1, 4) }] : [],
      )
    const created = moment()
    const box = (at: number, event: string, properties: object = {}) =>
      make({ at, event, ...SERVER, properties: { boxId: `b${n}`, ...properties } })
    const steps = [
      ...(random.chance(0.9) ? [box(created, 'box_created', { items: items() })] : []),
      ...(random.chance(0.2) ? [box(created + random.pick([0, 1]), 'box_created', { items: items() })] : []),
      ...(random.chance(0.8) ? [box(created + DAY_MS, 'box_packed', { items: items() })] : []),
      ...(random.chance(0.2)
        ? [box(created + DAY_MS + random.pick([0, DAY_MS]), 'box_packed', { items: items() })]
        : []),
      ...(random.chance(0.5) ? [box(created + 2 * DAY_MS, 'box_shipped', { carrier: 'post' })] : []),
      ...(random.chance(0.4) ? [box(created + 3 * DAY_MS, 'box_delivered')] : []),
      ...(random.chance(0.1) ? [box(created, 'box_skipped', { reason: 'away' })] : []),
    ]
    return steps
  }).flat()
}

/** Bots and canaries of every sort of event: none may count, link, merge or lengthen anything. */
function excluded({ random, make, moment }: Shop): StampedEvent[] {
  const [one, other] = [user(33), user(34)]
  const ways: readonly ((why: object) => StampedEvent)[] = [
    (why) => make({ at: moment(), anonymousPerson: visitor(1), ...why }),
    (why) => make({ at: moment(), anonymousPerson: visitor(2), userPerson: one, sessionId: 's1', ...why }),
    (why) =>
      make({
        ...{
          at: moment(),
          type: 'alias',
          event: 'alias',
          ...SERVER,
          userPerson: one,
          previousPersons: [other],
        },
        ...why,
      }),
    (why) =>
      make({
        ...{ at: moment(), event: 'order_completed', ...SERVER, userPerson: one },
        properties: { orderId: `o${random.whole(0, 50)}`, amountMinor: 777, currency: 'EUR' },
        ...why,
      }),
    (why) => make({ at: moment(), event: 'user_logged_in', userPerson: one, ...why }),
  ]
  return Array.from({ length: 60 }, () =>
    random.pick(ways)(
      random.pick([{ bot: 'crawler' }, { bot: 'tool' }, { canary: true, bot: 'tool' }, { canary: true }]),
    ),
  )
}

function others({ random, make, moment }: Shop): StampedEvent[] {
  const feedback = Array.from({ length: 120 }, () => {
    const kind = random.pick(['csat', 'csat', 'nps', 'review'])
    return make({
      ...{ at: moment(), event: 'feedback_submitted', ...someone(random) },
      properties: { kind, score: random.whole(1, 5) },
    })
  })
  const errors = Array.from({ length: 80 }, () =>
    make({ at: moment(), event: 'error_occurred', ...someone(random), properties: { code: 'timeout' } }),
  )
  const ofTheirOwn = Array.from({ length: 120 }, () =>
    make({
      ...{ at: moment(), event: 'shelf_counted', custom: true, ...someone(random) },
      ...random.pick([{}, SERVER, { ...SERVER, sessionId: `s${random.whole(0, 49)}` }]),
    }),
  )
  const quiet = ['session_started', 'session_ended', 'experiment_viewed', 'subscription_renewed'].flatMap(
    (event) =>
      Array.from({ length: 20 }, () =>
        make({ at: moment(), event, ...someone(random), properties: quietProperties(event) }),
      ),
  )
  const groups = Array.from({ length: 15 }, () =>
    make({ at: moment(), type: 'group', event: 'group', ...someone(random) }),
  )
  return [...feedback, ...errors, ...ofTheirOwn, ...quiet, ...groups]
}

function quietProperties(event: string): Readonly<Record<string, unknown>> {
  if (event === 'experiment_viewed') return { experimentId: 'e1', variantId: 'a' }
  if (event !== 'subscription_renewed') return {}
  return { subscriptionId: 's1', plan: 'family', amountMinor: 100, currency: 'EUR', interval: 'month' }
}

/**
 * Deals the events out over partitions as the log does (by person, else by event), in a random order, with repetitions:
 * the same event again in any partition, and the same id with other content, which stays in one partition, so that which
 * of the two comes first is known.
 */
export function deal(events: readonly StampedEvent[], seed: number): StampedEvent[][] {
  const random = createSeededRandom(seed)
  const partitions: StampedEvent[][] = Array.from({ length: PARTITIONS }, () => [])
  const at = (partition: number): StampedEvent[] => partitions[partition] as StampedEvent[]
  for (const event of random.shuffle(events)) {
    const own = ownPartition(event)
    at(own).push(event)
    if (random.chance(0.06)) at(random.whole(0, PARTITIONS - 1)).push(event)
    else if (random.chance(0.03)) at(own).push(otherContent(event))
  }
  return partitions.map((partition) => random.shuffle(partition))
}

function ownPartition({ userPerson, anonymousPerson, eventId }: StampedEvent): number {
  return Number.parseInt((userPerson ?? anonymousPerson ?? eventId).slice(0, 4), 16) % PARTITIONS
}

/** Says something else a day later under the same id. */
function otherContent({ contentHash: _, ...event }: StampedEvent): StampedEvent {
  const timestamp = new Date(Date.parse(event.timestamp) + DAY_MS).toISOString()
  return stampedEvent({ ...event, timestamp, originalTimestamp: timestamp })
}
