import type { ScrubbedEvent, StampedEvent } from '@millrace/contracts/stamped-event'
import type { WriteKey } from '@millrace/contracts/write-key'
import type { Consent } from './consent.ts'
import { contentHashOf } from './event-id.ts'
import { type EventTime, eventTime } from './event-time.ts'

/** The part of a stamp that all events of one request share. */
export type RequestStamp = Pick<
  StampedEvent,
  | 'source'
  | 'keyKind'
  | 'historical'
  | 'canary'
  | 'requestId'
  | 'sentAt'
  | 'receivedAt'
  | 'skewMs'
  | 'traceparent'
>

export interface RequestFacts {
  readonly key: Pick<WriteKey, 'source' | 'kind' | 'historical' | 'canary'>
  readonly requestId: string
  readonly receivedAt: Date
  readonly sentAt?: string | undefined
  readonly traceparent?: string | undefined
}

export interface EventStamp {
  readonly eventId: string
  readonly consent: Consent
  readonly maxEventAgeMs: number
}

export type Stamped =
  | { readonly kind: 'stamped'; readonly event: StampedEvent }
  | { readonly kind: 'out_of_range'; readonly detail: string }

export function requestStamp({
  key,
  requestId,
  receivedAt,
  sentAt,
  traceparent,
}: RequestFacts): RequestStamp {
  return {
    source: key.source,
    keyKind: key.kind,
    requestId,
    receivedAt: receivedAt.toISOString(),
    ...(key.historical === true ? { historical: true } : {}),
    ...(key.canary === true ? { canary: true } : {}),
    ...(sentAt === undefined ? {} : { sentAt, skewMs: receivedAt.getTime() - Date.parse(sentAt) }),
    ...(traceparent === undefined ? {} : { traceparent }),
  }
}

/** Adds what the server alone knows. An event whose consent is denied loses its person first. */
export function stampEvent(scrubbed: ScrubbedEvent, request: RequestStamp, stamp: EventStamp): Stamped {
  const time = eventTime({
    originalTimestamp: scrubbed.originalTimestamp,
    receivedAtMs: Date.parse(request.receivedAt),
    skewMs: request.skewMs,
    maxEventAgeMs: stamp.maxEventAgeMs,
    historical: request.historical === true,
  })
  if (time.kind === 'out_of_range') return time
  const event = stamp.consent === 'denied' ? withoutPerson(scrubbed) : scrubbed
  return { kind: 'stamped', event: stamped(event, request, stamp, time) }
}

/**
 * One literal with every field, absent ones undefined, which JSON leaves out: the event is written as JSON next.
 * Spreading the event and its stamp into one object took as long as scrubbing it.
 */
function stamped(
  event: ScrubbedEvent,
  request: RequestStamp,
  { eventId, consent }: EventStamp,
  { timestamp, timeSource }: Extract<EventTime, { kind: 'time' }>,
): StampedEvent {
  const all = {
    eventId,
    messageId: event.messageId,
    contentHash: contentHashOf(event),
    source: request.source,
    keyKind: request.keyKind,
    historical: request.historical,
    canary: request.canary,
    type: event.type,
    event: event.event,
    custom: event.custom,
    timestamp,
    timeSource,
    originalTimestamp: event.originalTimestamp,
    sentAt: request.sentAt,
    receivedAt: request.receivedAt,
    skewMs: request.skewMs,
    userPerson: event.userPerson,
    anonymousPerson: event.anonymousPerson,
    previousPersons: event.previousPersons,
    retired: event.retired,
    sessionId: event.sessionId,
    consent,
    bot: event.bot,
    findings: event.findings,
    properties: event.properties,
    context: event.context,
    requestId: request.requestId,
    traceparent: request.traceparent,
  }
  return all satisfies Record<keyof StampedEvent, unknown> as StampedEvent
}

/** What is left of an event when nobody may be recognised by it: no person, session, address or device. */
function withoutPerson(event: ScrubbedEvent): ScrubbedEvent {
  const {
    userPerson: _u,
    anonymousPerson: _a,
    previousPersons: _p,
    retired: _r,
    sessionId: _s,
    ...kept
  } = event
  const { ip: _ip, device: _device, os: _os, browser: _browser, ...context } = kept.context
  return { ...kept, context }
}
