import type { Finding } from './finding.ts'
import type { EventType } from './parsed-event.ts'

/** Where `timestamp` came from: the client's clock, corrected by its skew, or the server's receipt. */
export type TimeSource = 'original' | 'corrected' | 'received'

/** What is kept of the client's context after scrubbing. Texts were searched for personal data. */
export interface ScrubbedContext {
  readonly page?: {
    readonly path?: string
    readonly title?: string
    readonly referrer?: string
  }
  readonly campaign?: {
    readonly source?: string
    readonly medium?: string
    readonly name?: string
    readonly term?: string
    readonly content?: string
  }
  /** ISO 3166-1 alpha-2, `ZZ` when unknown. */
  readonly country: string
  readonly locale?: string
  readonly timezone?: string
  /** Cut to /24 (IPv4) or /48 (IPv6). */
  readonly ip?: string
  /** `desktop`, `mobile`, `tablet`, `tv`, `other`. */
  readonly device?: string
  readonly os?: string
  readonly browser?: string
  readonly library?: { readonly name?: string; readonly version?: string }
}

/** The ids that an event carries, as pseudonyms (uuids) by one key. */
export interface KeyedPeople {
  /** Of userId. */
  readonly userPerson?: string
  /** Of anonymousId. */
  readonly anonymousPerson?: string
  /** alias only: of previousId, as a user (`u:`) and as an anonymous visitor (`a:`). */
  readonly previousPersons?: readonly string[]
}

export interface EventPeople extends KeyedPeople {
  /** The same ids by the retired key, field by field, while two keys live. */
  readonly retired?: KeyedPeople
}

/** What packages/scrub makes of a ParsedEvent: no personal data in it, people are keyed pseudonyms (uuids). */
export interface ScrubbedEvent extends EventPeople {
  readonly messageId: string
  readonly type: EventType
  readonly event: string
  readonly custom: boolean
  readonly originalTimestamp?: string
  readonly sessionId?: string
  readonly properties: Readonly<Record<string, unknown>>
  readonly context: ScrubbedContext
  /** Why this is a bot, by its user agent; absent for people. */
  readonly bot?: string
  /** Which fields carried personal data, at most 20, each once; absent when none did. */
  readonly findings?: readonly Finding[]
}

/** The value of a record of `events.v1`: one event as it is stored and loaded. Times are ISO 8601 UTC. */
export interface StampedEvent extends ScrubbedEvent {
  /** First 128 bits of SHA-256(source, 0, messageId as sent) as a uuid: the idempotency key. */
  readonly eventId: string
  /**
   * First 64 bits, hex, of SHA-256 over what the client said (not when it was sent): tells a retry from an id conflict.
   * People are in it by the retired key while there is one, so that a retry after a rotation is still one.
   */
  readonly contentHash: string
  readonly source: string
  readonly keyKind: 'public' | 'secret'
  /** The write key may send old timestamps (an import). */
  readonly historical?: true
  /** False personal data sent by Millrace itself; counts for no KPI. */
  readonly canary?: true
  readonly requestId: string
  readonly sentAt?: string
  readonly receivedAt: string
  readonly timestamp: string
  readonly timeSource: TimeSource
  /** receivedAt − sentAt in milliseconds, where sentAt was given. */
  readonly skewMs?: number
  readonly consent: 'granted' | 'denied' | 'unknown'
  /** W3C trace context of the request. */
  readonly traceparent?: string
}

/** Topic of accepted events. */
export const EVENTS_TOPIC = 'events.v1'
