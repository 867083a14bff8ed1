export const REJECTION_CODES = [
  'schema_invalid',
  'too_large',
  'not_permitted',
  'timestamp_out_of_range',
  'currency_unknown',
  'id_conflict',
] as const

/** Why an event was not accepted. A closed list: clients may switch on it. */
export type RejectionCode = (typeof REJECTION_CODES)[number]

/** One entry of `rejected` in an answer. */
export interface Rejection {
  readonly index: number
  /** As it was sent; null where it cannot be read, or is personal data. */
  readonly messageId: string | null
  readonly code: RejectionCode
  /** Where in the event, as `properties.currency`; empty for the whole event. */
  readonly path: string
  /** Says what was expected; never repeats what was sent. */
  readonly detail: string
  readonly retryable: boolean
}
