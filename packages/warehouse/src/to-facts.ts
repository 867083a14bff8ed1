import { eventContract } from '@millrace/contracts/event-catalogue'
import type { KeyedPeople, StampedEvent } from '@millrace/contracts/stamped-event'
import type {
  DeviceRow,
  EventFacts,
  EventRow,
  PersonLink,
  PersonRename,
  PersonRow,
  SessionTouch,
  TraitsRow,
} from './facts/event-facts.ts'
import { ownFacts } from './facts/own-facts.ts'

/** Every fate of an event. */
export type Mapped = { readonly kind: 'facts'; readonly facts: EventFacts } | { readonly kind: 'ignored' }

export type BusinessDate = (epochMs: number) => string

/** One event to its fact rows (docs/design.md section 5). Bots and canaries are kept as events and become nothing else. */
export function toFacts(event: StampedEvent, businessDate: BusinessDate): Mapped {
  if (event.type === 'group') return { kind: 'ignored' }
  const row = eventRow(event, businessDate)
  if (row.excludedReason !== null) return { kind: 'facts', facts: { event: row, people: [], links: [] } }
  const session = sessionTouch(row)
  const traits = traitsOf(event)
  return {
    kind: 'facts',
    facts: {
      event: row,
      people: peopleOf(event),
      links: linksOf(event),
      ...(event.retired ? { renames: renamesOf(event, event.retired) } : {}),
      ...(row.personId !== null && isActivity(event) ? { activePerson: row.personId } : {}),
      ...(session ? { session } : {}),
      ...(traits ? { traits } : {}),
      ...ownFacts(event, row),
    },
  }
}

function eventRow(event: StampedEvent, businessDate: BusinessDate): EventRow {
  return {
    eventId: event.eventId,
    businessDate: businessDate(Date.parse(event.timestamp)),
    occurredAt: event.timestamp,
    receivedAt: event.receivedAt,
    originalTimestamp: event.originalTimestamp ?? null,
    sentAt: event.sentAt ?? null,
    timeSource: event.timeSource,
    source: event.source,
    keyKind: event.keyKind,
    event: event.event,
    personId: event.userPerson ?? event.anonymousPerson ?? null,
    anonymousId: event.anonymousPerson ?? null,
    sessionId: event.sessionId ?? null,
    country: event.context.country,
    device: deviceOf(event),
    excludedReason: event.canary ? 'canary' : (event.bot ?? null),
    properties: JSON.stringify(event.properties),
    context: JSON.stringify(event.context),
  }
}

function deviceOf({ context }: StampedEvent): DeviceRow | null {
  if (!context.device && !context.os && !context.browser) return null
  const { device = 'unknown', os = 'unknown', browser = 'unknown' } = context
  return { key: `${device}/${os}/${browser}`, device, os, browser }
}

/** Of custom events those of public keys: a server's may be of anything. */
function isActivity(event: StampedEvent): boolean {
  if (event.type === 'identify' || event.type === 'alias') return false
  if (event.custom) return event.keyKind === 'public'
  return eventContract(event.event)?.activity ?? false
}

function peopleOf(event: KeyedPeople): PersonRow[] {
  const people: PersonRow[] = []
  if (event.userPerson) people.push({ personId: event.userPerson, kind: 'user' })
  if (event.anonymousPerson) people.push({ personId: event.anonymousPerson, kind: 'anonymous' })
  const [asUser, asAnonymous] = event.previousPersons ?? []
  if (asUser) people.push({ personId: asUser, kind: 'user' })
  if (asAnonymous) people.push({ personId: asAnonymous, kind: 'anonymous' })
  return people
}

/** Both tell of the same ids, so their people come in the same order. */
function renamesOf(current: KeyedPeople, retired: KeyedPeople): PersonRename[] {
  const former = peopleOf(retired)
  return peopleOf(current).flatMap((person, index) => {
    const before = former[index]
    return before && before.kind === person.kind ? [{ person, former: before }] : []
  })
}

function linksOf({ userPerson, anonymousPerson, previousPersons }: StampedEvent): PersonLink[] {
  if (!userPerson) return []
  const merged = (previousPersons ?? []).map((from): PersonLink => ({ from, to: userPerson, by: 'alias' }))
  return anonymousPerson ? [{ from: anonymousPerson, to: userPerson, by: 'identify' }, ...merged] : merged
}

/** What of an event tells its session. */
export type SessionRow = Pick<
  EventRow,
  'source' | 'occurredAt' | 'businessDate' | 'keyKind' | 'personId' | 'anonymousId' | 'sessionId'
>

/** A visitor is the device where it is known, so that logging in does not cut a visit in two. */
export function sessionTouch(row: SessionRow): SessionTouch | undefined {
  const shared = {
    source: row.source,
    at: row.occurredAt,
    businessDate: row.businessDate,
    personId: row.personId,
  }
  if (row.sessionId) return { kind: 'id', key: row.sessionId, ...shared }
  const visitor = row.anonymousId ?? row.personId
  return row.keyKind === 'public' && visitor ? { kind: 'idle', key: visitor, ...shared } : undefined
}

function traitsOf(event: StampedEvent): TraitsRow | undefined {
  if (event.type !== 'identify') return undefined
  const personId = event.userPerson ?? event.anonymousPerson
  if (!personId) return undefined
  const { plan, channel, country } = event.properties
  if (plan === undefined && channel === undefined && country === undefined) return undefined
  return { personId, plan: text(plan), channel: text(channel), country: text(country), at: event.timestamp }
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
