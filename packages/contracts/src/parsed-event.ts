/** The Segment calls that Millrace takes. `screen` is counted like `page`; `group` is accepted and ignored. */
export type EventType = 'track' | 'page' | 'screen' | 'identify' | 'group' | 'alias'

/** The parts of Segment's `context` that are kept; everything else is dropped at the edge. */
export interface ParsedContext {
  readonly page?: {
    readonly path?: string
    readonly url?: string
    readonly title?: string
    readonly referrer?: string
    readonly search?: string
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
  readonly userAgent?: string
  readonly ip?: string
  readonly library?: { readonly name?: string; readonly version?: string }
  /** `false` for a category means denied; see docs/design.md section 5, Consent. */
  readonly consent?: Readonly<Record<string, boolean>>
}

/** An event that passed its contract, still with the ids and texts that the client sent. Never stored in this form. */
export interface ParsedEvent {
  /** Position in the batch, for the answer. */
  readonly index: number
  readonly messageId: string
  readonly type: EventType
  /** Canonical snake_case name: `order_completed`, `page_viewed`, `identify`, `alias`, `group`, or a custom name. */
  readonly event: string
  /** True for a name that the catalogue does not know. */
  readonly custom: boolean
  /** ISO 8601 UTC with milliseconds; absent when the client sent none. */
  readonly originalTimestamp?: string
  readonly userId?: string
  readonly anonymousId?: string
  /** alias only: the id that becomes a name of `userId`. */
  readonly previousId?: string
  readonly sessionId?: string
  /** Declared properties only, traits for identify; everything as sent for a custom event. */
  readonly properties: Readonly<Record<string, unknown>>
  /** Names of properties or traits that were sent with a value, are not declared and so were dropped; a few at most. */
  readonly undeclared?: readonly string[]
  readonly context: ParsedContext
}
