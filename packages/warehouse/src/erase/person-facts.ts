/** Facts that are folded from several events, perhaps of several persons. */
export type SharedKind = 'session' | 'visit' | 'order' | 'refund' | 'box'

/** One of them: an order by its number, a session by its id, visits by their visitor. */
export interface SharedFact {
  readonly kind: SharedKind
  readonly source: string
  readonly key: string
}

const EVENTS: Readonly<Record<string, readonly string[]>> = {
  order: ['order_placed', 'order_completed', 'order_fulfilled'],
  refund: ['order_refunded'],
  box: ['box_created', 'box_packed', 'box_shipped', 'box_delivered', 'box_skipped'],
}

/** Which property of an event names the thing. */
const NAMED_BY: Readonly<Record<string, string>> = { order: 'orderId', refund: 'refundId', box: 'boxId' }

const oneOf = (names: readonly string[] = []): string => names.map((name) => `'${name}'`).join(', ')

/**
 * SQL to follow a table of events with an alias: what each of its rows is folded into, as `touched (kind, key)`. The same
 * that to-facts.ts says of an event; those that are excluded become nothing.
 */
export function touchedBy(event: string, anonymousId = `${event}.anonymous_id`): string {
  const things = Object.entries(NAMED_BY).map(
    ([kind, name]) =>
      `select '${kind}', ${event}.properties ->> '${name}' where ${event}.event in (${oneOf(EVENTS[kind])})`,
  )
  return `cross join lateral (
    ${things.join(' union all ')}
    union all select 'session', ${event}.session_id where ${event}.session_id is not null
    union all select 'visit', coalesce(${anonymousId}, ${event}.person_id)::text
      where ${event}.session_id is null and ${event}.key_kind = 'public'
  ) as touched (kind, key)`
}

/**
 * SQL: which thing of a list the event of a row of `event` is folded into, and which session, as two values of which
 * either may be null. The list is $1 to $3: kinds, sources, keys. Each is looked up in a hash; a join by the same
 * condition took 20 s for the events of the shop's year.
 */
export function foldedInto(): { readonly thing: string; readonly session: string } {
  const isListed = (kind: string, key: string): string =>
    `('${kind}', event.source, ${key}) in (select * from unnest($1::text[], $2::text[], $3::text[]))`
  const things = Object.entries(NAMED_BY).map(
    ([kind, name]) =>
      `when event.event in (${oneOf(EVENTS[kind])}) and ${isListed(kind, `event.properties ->> '${name}'`)} then '${kind}'`,
  )
  const visitor = `coalesce(event.anonymous_id, event.person_id)::text`
  return {
    thing: `case ${things.join(' ')} end`,
    session: `case
      when event.session_id is not null and ${isListed('session', 'event.session_id')} then 'session'
      when event.session_id is null and event.key_kind = 'public' and ${isListed('visit', visitor)} then 'visit' end`,
  }
}

/** Sources and keys of one kind, side by side. */
export function keysOf(facts: readonly SharedFact[], kind: SharedKind): [string[], string[]] {
  const some = facts.filter((fact) => fact.kind === kind)
  return [some.map(({ source }) => source), some.map(({ key }) => key)]
}

/** Each once. */
export function addTouched(...lists: readonly (readonly SharedFact[])[]): readonly SharedFact[] {
  const known = new Map<string, SharedFact>()
  for (const fact of lists.flat()) known.set(JSON.stringify([fact.kind, fact.source, fact.key]), fact)
  return [...known.values()]
}
