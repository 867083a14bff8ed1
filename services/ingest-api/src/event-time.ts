import type { TimeSource } from '@millrace/contracts/stamped-event'

/** Less than this is mostly transit: correcting it would reorder events that the client's clock had right. */
const SKEW_TOLERATED_MS = 60_000
const FUTURE_TOLERATED_MS = 5 * 60_000
/** No event is older, whoever sends it: what is, is a broken clock or a missing unit. */
const EARLIEST_MS = Date.parse('2000-01-01T00:00:00.000Z')

export interface TimeClaim {
  readonly originalTimestamp?: string | undefined
  readonly receivedAtMs: number
  /** receivedAt − sentAt, where sentAt was given. */
  readonly skewMs?: number | undefined
  readonly maxEventAgeMs: number
  /** True for an import: any age since the year 2000. */
  readonly historical: boolean
}

/** The time an event counts for, or what was expected instead. */
export type EventTime =
  | { readonly kind: 'time'; readonly timestamp: string; readonly timeSource: TimeSource }
  | { readonly kind: 'out_of_range'; readonly detail: string }

/** The time rules of an event: see "Time" in docs/design.md, section 5. All bounds belong to the accepted side. */
export function eventTime(claim: TimeClaim): EventTime {
  const { originalTimestamp, receivedAtMs, skewMs } = claim
  if (originalTimestamp === undefined) return timeAt(receivedAtMs, 'received')
  const corrected = skewMs !== undefined && Math.abs(skewMs) > SKEW_TOLERATED_MS
  const atMs = Date.parse(originalTimestamp) + (corrected ? skewMs : 0)
  if (atMs > receivedAtMs + FUTURE_TOLERATED_MS) return timeAt(receivedAtMs, 'received')
  const detail = ageComplaint(atMs, claim)
  return detail === undefined
    ? timeAt(atMs, corrected ? 'corrected' : 'original')
    : { kind: 'out_of_range', detail }
}

function timeAt(atMs: number, timeSource: TimeSource): EventTime {
  return { kind: 'time', timestamp: new Date(atMs).toISOString(), timeSource }
}

function ageComplaint(atMs: number, claim: TimeClaim): string | undefined {
  if (!(atMs >= EARLIEST_MS)) return 'expected a time since 2000-01-01T00:00:00.000Z'
  if (claim.historical || atMs >= claim.receivedAtMs - claim.maxEventAgeMs) return undefined
  const days = Math.round(claim.maxEventAgeMs / 86_400_000)
  return `expected a time of the last ${days} days; a key with "historical": true may send older ones`
}
