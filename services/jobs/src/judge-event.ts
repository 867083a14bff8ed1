import type { StampedEvent } from '@millrace/contracts/stamped-event'
import type { EventRow } from '@millrace/warehouse/facts/event-facts'
import { isInstant } from '@millrace/warehouse/is-instant'
import { type BusinessDate, toFacts } from '@millrace/warehouse/to-facts'

/** What an archived record of events.v1 is, by itself: the loader says the same of it. */
export type JudgedEvent =
  | { readonly kind: 'fact'; readonly event: StampedEvent; readonly row: EventRow }
  /** Nothing in the warehouse speaks of it, by design. */
  | { readonly kind: 'ignored' }
  /** Not an event: in quarantine. */
  | { readonly kind: 'dead' }

export function judgeEvent(value: unknown, businessDate: BusinessDate): JudgedEvent {
  try {
    const event = value as StampedEvent
    if (!isInstant(event.receivedAt)) return { kind: 'dead' }
    const mapped = toFacts(event, businessDate)
    if (mapped.kind === 'ignored') return mapped
    return { kind: 'fact', event, row: mapped.facts.event }
  } catch {
    return { kind: 'dead' }
  }
}
