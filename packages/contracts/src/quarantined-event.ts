import type { Finding } from './finding.ts'
import type { RejectionCode } from './rejection.ts'
import type { EventPeople } from './stamped-event.ts'

/** The value of a record of `quarantine.v1`, and a row of `pipeline.quarantine`: a rejected event, scrubbed. */
export interface QuarantinedEvent {
  /** As for StampedEvent; absent when the event had no readable messageId. */
  readonly eventId?: string
  readonly messageId?: string
  readonly source: string
  readonly keyKind: 'public' | 'secret'
  readonly historical?: true
  readonly canary?: true
  readonly requestId: string
  readonly receivedAt: string
  readonly sentAt?: string
  readonly code: RejectionCode
  /** Where in the event, as `properties.currency`; empty for the whole event. */
  readonly path: string
  readonly detail: string
  /** Pseudonyms of the ids that the event carried; the ids themselves are not in `event`. */
  readonly people: EventPeople
  /** As for StampedEvent, by the user agent of the request, which is not kept. */
  readonly bot?: string
  /** The client's event without its ids, every text searched for personal data; absent when it was too large. */
  readonly event?: unknown
  /** As for StampedEvent, by the names that the client used. */
  readonly findings?: readonly Finding[]
}

/** Topic of rejected events. */
export const QUARANTINE_TOPIC = 'quarantine.v1'
