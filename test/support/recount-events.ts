import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { DateTime } from 'luxon'

/** `date labels value` lines of each KPI; of percentiles, exact ones. Money in minor units, ratios as quotients. */
export type Recount = Readonly<Record<string, readonly string[]>>

export interface Outcomes {
  readonly loaded: number
  readonly ignored: number
  readonly duplicate: number
  readonly quarantined: number
}

/** Nobody is active by these, as docs/design.md lists them. */
const NOT_DONE_BY_A_PERSON = new Set(
  'identify alias order_fulfilled order_refunded subscription_renewed error_occurred experiment_viewed'
    .concat(' web_vital_measured session_ended')
    .split(' '),
)
const EXPONENTS: Readonly<Record<string, number>> = { EUR: 2, JPY: 0, KWD: 3 }
const DAY_MS = 86_400_000

/**
 * What every KPI must show on every day, counted from the events alone, in memory and with nothing of Millrace's: each
 * partition in its order, the first event of an id counts.
 */
export function recountEvents(
  partitions: readonly (readonly StampedEvent[])[],
  timeZone: string,
): { readonly kpis: Recount; readonly outcomes: Outcomes } {
  const { events, outcomes } = firstOfEachId(partitions)
  const people = events.filter((event) => !event.canary && !event.bot)
  const dayOf = rememberDays(timeZone)
  return {
    outcomes,
    kpis: {
      events: counted(people, (event) => [dayOf(event), event.event]),
      excluded_events: counted(events, (event) =>
        event.canary || event.bot ? [dayOf(event), event.canary ? 'canary' : (event.bot ?? '')] : undefined,
      ),
      sign_ups: counted(named(people, 'user_signed_up'), (event) => [
        dayOf(event),
        String(event.properties.channel ?? 'unknown'),
      ]),
      logins: counted(named(people, 'user_logged_in'), (event) => [dayOf(event)]),
      user_errors: counted(named(people, 'error_occurred'), (event) => [dayOf(event)]),
      customer_satisfaction_ratio: satisfaction(people, dayOf),
      net_promoter_score: promotion(people, dayOf),
      empty_search_ratio: emptySearches(people, dayOf),
      subscription_changes: counted(people, (event) => {
        const [, change] = /^subscription_(started|renewed|cancelled)$/.exec(event.event) ?? []
        return change ? [dayOf(event), change] : undefined
      }),
      web_vitals: vitals(people, dayOf),
      ...activePeople(people, dayOf),
      ...orders(people, dayOf),
      ...boxes(people, dayOf),
      ...sessions(people, dayOf),
    },
  }
}

type DayOf = (event: Pick<StampedEvent, 'timestamp'>) => string

function rememberDays(zone: string): DayOf {
  const days = new Map<string, string>()
  return ({ timestamp }) => {
    const day = days.get(timestamp) ?? DateTime.fromISO(timestamp, { zone }).toISODate() ?? ''
    days.set(timestamp, day)
    return day
  }
}

function firstOfEachId(partitions: readonly (readonly StampedEvent[])[]) {
  const first = new Map<string, StampedEvent>()
  const outcomes = { loaded: 0, ignored: 0, duplicate: 0, quarantined: 0 }
  for (const event of partitions.flat()) {
    const known = first.get(event.eventId)
    if (event.type === 'group') outcomes.ignored++
    else if (!known) first.set(event.eventId, event)
    else if (known.contentHash === event.contentHash) outcomes.duplicate++
    else outcomes.quarantined++
  }
  outcomes.loaded = first.size
  return { events: [...first.values()], outcomes }
}

function named(events: readonly StampedEvent[], name: string): StampedEvent[] {
  return events.filter(({ event }) => event === name)
}

/** Lines of keys with how often they come. */
function counted<T>(items: readonly T[], keyOf: (item: T) => readonly string[] | undefined): string[] {
  const counts = new Map<string, number>()
  for (const item of items) {
    const key = keyOf(item)?.join(' ')
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts].map(([key, count]) => `${key} ${count}`)
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

function satisfaction(people: readonly StampedEvent[], dayOf: DayOf): string[] {
  const scores = named(people, 'feedback_submitted').filter(({ properties }) => properties.kind === 'csat')
  return [...grouped(scores, dayOf)].map(([day, answers]) => {
    const content = answers.filter(({ properties }) => Number(properties.score) >= 4)
    return `${day} ${content.length / answers.length}`
  })
}

function promotion(people: readonly StampedEvent[], dayOf: DayOf): string[] {
  const answers = named(people, 'feedback_submitted').filter(({ properties }) => properties.kind === 'nps')
  return [...grouped(answers, dayOf)].map(([day, ofDay]) => {
    const scores = ofDay.map(({ properties }) => Number(properties.score))
    const balance = scores.filter((score) => score > 8).length - scores.filter((score) => score < 7).length
    return `${day} ${balance / scores.length}`
  })
}

function emptySearches(people: readonly StampedEvent[], dayOf: DayOf): string[] {
  const searches = named(people, 'search_performed').filter(
    ({ properties }) => properties.results !== undefined,
  )
  return [...grouped(searches, dayOf)].map(
    ([day, ofDay]) =>
      `${day} ${ofDay.filter(({ properties }) => properties.results === 0).length / ofDay.length}`,
  )
}

function vitals(people: readonly StampedEvent[], dayOf: DayOf): string[] {
  const measured = named(people, 'web_vital_measured').map((event) => ({
    day: `${dayOf(event)} ${event.properties.name}`,
    value: Number(event.properties.value),
  }))
  return percentiles(measured, [0.5, 0.75, 0.95])
}

/** Who is one person is known only when all is known: everyone linked to whom they were ever linked to. */
function activePeople(people: readonly StampedEvent[], dayOf: DayOf) {
  const neighbours = new Map<string, Set<string>>()
  const connect = (one: string, other: string): void => {
    neighbours.set(one, (neighbours.get(one) ?? new Set()).add(other))
    neighbours.set(other, (neighbours.get(other) ?? new Set()).add(one))
  }
  for (const { userPerson, anonymousPerson, previousPersons = [] } of people) {
    if (!userPerson) continue
    for (const other of [...previousPersons, ...(anonymousPerson ? [anonymousPerson] : [])])
      connect(other, userPerson)
  }
  const groupOf = componentOf(neighbours)
  const active = people.filter(isDoneByAPerson)
  const byDay = new Set(active.map((event) => `${dayOf(event)} ${groupOf(personOf(event))}`))
  return {
    daily_active_users: distinctOver(byDay, 1),
    weekly_active_users: distinctOver(byDay, 7),
    monthly_active_users: distinctOver(byDay, 30),
  }
}

function personOf({ userPerson, anonymousPerson }: StampedEvent): string {
  return userPerson ?? anonymousPerson ?? ''
}

function isDoneByAPerson(event: StampedEvent): boolean {
  if (personOf(event) === '') return false
  if (event.custom) return event.keyKind === 'public'
  return !event.event.startsWith('box_') && !NOT_DONE_BY_A_PERSON.has(event.event)
}

function componentOf(neighbours: ReadonlyMap<string, ReadonlySet<string>>): (person: string) => string {
  const names = new Map<string, string>()
  const visit = (person: string, name: string): void => {
    if (names.has(person)) return
    names.set(person, name)
    for (const other of neighbours.get(person) ?? []) visit(other, name)
  }
  for (const person of neighbours.keys()) visit(person, person)
  return (person) => names.get(person) ?? person
}

function distinctOver(personDays: ReadonlySet<string>, days: number): string[] {
  const seen = new Map<string, Set<string>>()
  for (const personDay of personDays) {
    const [day = '', person = ''] = personDay.split(' ')
    for (let step = 0; step < days; step++) {
      const counts = DateTime.fromISO(day, { zone: 'utc' }).plus({ days: step }).toISODate() ?? ''
      seen.set(counts, (seen.get(counts) ?? new Set()).add(person))
    }
  }
  return [...seen].map(([day, persons]) => `${day} ${persons.size}`)
}

/** The latest by time, then by event id. */
function latest(events: readonly StampedEvent[]): StampedEvent | undefined {
  const keyOf = ({ timestamp, eventId }: StampedEvent) => `${timestamp} ${eventId}`
  return [...events].sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1))[0]
}

function earliest(events: readonly StampedEvent[]): string | undefined {
  return events.map(({ timestamp }) => timestamp).sort()[0]
}

function orders(people: readonly StampedEvent[], dayOf: DayOf) {
  const sold: StampedEvent[] = []
  const processing: { day: string; value: number }[] = []
  const ofOrders = people.filter(({ event }) => /^order_(placed|completed|fulfilled)$/.test(event))
  for (const life of grouped(
    ofOrders,
    ({ source, properties }) => `${source} ${properties.orderId}`,
  ).values()) {
    const completed = latest(named(life, 'order_completed'))
    const begun = earliest(named(life, 'order_placed')) ?? completed?.timestamp
    const fulfilled = earliest(named(life, 'order_fulfilled'))
    if (completed) sold.push(completed)
    if (!begun || !fulfilled) continue
    const seconds = Math.max(0, Date.parse(fulfilled) - Date.parse(begun)) / 1000
    processing.push({ day: dayOf({ timestamp: fulfilled }), value: seconds })
  }
  const refunded = [
    ...grouped(
      named(people, 'order_refunded'),
      ({ source, properties }) => `${source} ${properties.refundId}`,
    ),
  ].flatMap(([, life]) => latest(life) ?? [])
  const gross = byDayAndCurrency(sold, dayOf)
  const refunds = byDayAndCurrency(refunded, dayOf)
  const keys = new Set([...gross.keys(), ...refunds.keys()])
  return {
    orders: counted(sold, (order) => [dayOf(order)]),
    revenue_gross: [...gross].map(([key, { sum }]) => `${key} ${sum}`),
    revenue_refunds: [...refunds].map(([key, { sum }]) => `${key} ${sum}`),
    revenue_net: [...keys].map(
      (key) => `${key} ${(gross.get(key)?.sum ?? 0) - (refunds.get(key)?.sum ?? 0)}`,
    ),
    average_order_value: [...gross].map(([key, { sum, count }]) => {
      const exponent = EXPONENTS[key.split(' ')[1] ?? ''] ?? Number.NaN
      return `${key} ${sum / 10 ** exponent / count}`
    }),
    order_processing_seconds: percentiles(processing),
  }
}

function byDayAndCurrency(events: readonly StampedEvent[], dayOf: DayOf) {
  const sums = new Map<string, { sum: number; count: number }>()
  for (const event of events) {
    const key = `${dayOf(event)} ${event.properties.currency}`
    const { sum, count } = sums.get(key) ?? { sum: 0, count: 0 }
    sums.set(key, { sum: sum + Number(event.properties.amountMinor), count: count + 1 })
  }
  return sums
}

function boxes(people: readonly StampedEvent[], dayOf: DayOf) {
  const packedOn = new Map<string, { ordered: number; packed: number }[]>()
  const ofBoxes = people.filter(({ event }) => event.startsWith('box_'))
  for (const life of grouped(ofBoxes, ({ source, properties }) => `${source} ${properties.boxId}`).values()) {
    const packed = latest(named(life, 'box_packed'))
    const due = quantities(latest(named(life, 'box_created')))
    const ordered = [...due.values()].reduce((sum, quantity) => sum + quantity, 0)
    if (!packed || ordered === 0) continue
    const inside = quantities(packed)
    const counts = [...due].reduce(
      (sum, [sku, quantity]) => sum + Math.min(quantity, inside.get(sku) ?? 0),
      0,
    )
    packedOn.set(dayOf(packed), [...(packedOn.get(dayOf(packed)) ?? []), { ordered, packed: counts }])
  }
  const sum = (of: readonly number[]) => of.reduce((total, one) => total + one, 0)
  return {
    box_fill_ratio: [...packedOn].map(
      ([day, due]) =>
        `${day} ${sum(due.map(({ packed }) => packed)) / sum(due.map(({ ordered }) => ordered))}`,
    ),
    box_complete_ratio: [...packedOn].map(
      ([day, due]) => `${day} ${due.filter(({ ordered, packed }) => ordered === packed).length / due.length}`,
    ),
  }
}

function quantities(event: StampedEvent | undefined): Map<string, number> {
  const bySku = new Map<string, number>()
  const items = (event?.properties.items ?? []) as { sku: string; quantity: number }[]
  for (const { sku, quantity } of items) bySku.set(sku, (bySku.get(sku) ?? 0) + quantity)
  return bySku
}

function sessions(people: readonly StampedEvent[], dayOf: DayOf) {
  const stretches: number[][] = []
  const withId = people.filter(({ sessionId }) => sessionId)
  for (const touched of grouped(withId, ({ source, sessionId }) => `${source} ${sessionId}`).values()) {
    stretches.push(timesOf(touched))
  }
  const idle = people.filter(
    (event) => !event.sessionId && event.keyKind === 'public' && personOf(event) !== '',
  )
  const visitorOf = ({ source, anonymousPerson, userPerson }: StampedEvent) =>
    `${source} ${anonymousPerson ?? userPerson}`
  for (const touched of grouped(idle, visitorOf).values()) {
    let last = Number.NEGATIVE_INFINITY
    for (const time of timesOf(touched)) {
      if (time - last > 30 * 60_000) stretches.push([])
      stretches.at(-1)?.push(time)
      last = time
    }
  }
  const lengths = stretches.flatMap(cutEvery24Hours).map((times) => ({
    day: dayOf({ timestamp: new Date(times[0] ?? 0).toISOString() }),
    value: ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000,
    bounced: times.length === 1,
  }))
  return {
    sessions: counted(lengths, ({ day }) => [day]),
    bounce_ratio: [...grouped(lengths, ({ day }) => day)].map(
      ([day, ofDay]) => `${day} ${ofDay.filter(({ bounced }) => bounced).length / ofDay.length}`,
    ),
    session_duration_seconds: percentiles(lengths),
  }
}

function timesOf(events: readonly StampedEvent[]): number[] {
  return events.map(({ timestamp }) => Date.parse(timestamp)).sort((a, b) => a - b)
}

function cutEvery24Hours(times: readonly number[]): number[][] {
  return [...grouped(times, (time) => String(Math.floor((time - (times[0] ?? 0)) / DAY_MS))).values()]
}

function percentiles(
  values: readonly { readonly day: string; readonly value: number }[],
  quantiles: readonly number[] = [0.5, 0.95],
): string[] {
  return [...grouped(values, ({ day }) => day)].flatMap(([day, ofDay]) => {
    const sorted = ofDay.map(({ value }) => value).sort((a, b) => a - b)
    return quantiles.map(
      (quantile) => `${day} ${quantile} ${sorted[Math.ceil(quantile * sorted.length) - 1]}`,
    )
  })
}
