/** What every fact of one event shares. */
export interface FactBase {
  readonly eventId: string
  /** yyyy-mm-dd in the business time zone. */
  readonly businessDate: string
  /** ISO 8601 UTC. */
  readonly occurredAt: string
  readonly source: string
  readonly personId: string | null
  readonly country: string
}

/** A row of fact_event. */
export interface EventRow extends FactBase {
  readonly receivedAt: string
  readonly originalTimestamp: string | null
  readonly sentAt: string | null
  readonly timeSource: string
  readonly keyKind: string
  readonly event: string
  readonly anonymousId: string | null
  readonly sessionId: string | null
  readonly device: DeviceRow | null
  readonly excludedReason: string | null
  /** JSON. As text, so that what was parsed need not outlive its event: half the garbage collection of a batch. */
  readonly properties: string
  readonly context: string
}

export interface DeviceRow {
  /** device/os/browser */
  readonly key: string
  readonly device: string
  readonly os: string
  readonly browser: string
}

export interface PersonRow {
  readonly personId: string
  readonly kind: 'user' | 'anonymous'
}

/** `from` is the same person as `to`: an anonymous visitor who became known, or (by alias) any person. */
export interface PersonLink {
  readonly from: string
  readonly to: string
  readonly by: 'identify' | 'alias'
}

/** One id under two keys: what it is known by now, and what it was known by. */
export interface PersonRename {
  readonly person: PersonRow
  readonly former: PersonRow
}

export interface TraitsRow {
  readonly personId: string
  readonly plan: string | null
  readonly channel: string | null
  readonly country: string | null
  readonly at: string
}

/** An event's part in a session. */
export interface SessionTouch {
  readonly kind: 'id' | 'idle'
  readonly source: string
  /** The client's session id, or the visitor's pseudonym. */
  readonly key: string
  readonly at: string
  readonly businessDate: string
  readonly personId: string | null
}

/** Text, number or null values by column, in the order of the table's column list (write/append-facts.ts). */
export type AppendRow = readonly (string | number | null)[]

export type AppendTable =
  | 'fact_sign_up'
  | 'fact_login'
  | 'fact_feedback'
  | 'fact_error'
  | 'fact_exposure'
  | 'fact_web_vital'
  | 'fact_subscription'

export interface OrderLine {
  readonly sku: string
  readonly quantity: number
  readonly amountMinor: number
}

/** What one event says of an order. */
export interface OrderChange {
  readonly source: string
  readonly orderId: string
  readonly personId: string | null
  readonly country: string
  readonly placedAt?: string
  readonly fulfilled?: { readonly at: string; readonly businessDate: string }
  readonly completed?: {
    readonly eventId: string
    readonly at: string
    readonly businessDate: string
    readonly amountMinor: number
    readonly currency: string
    readonly coupon: string | null
    readonly lines: readonly OrderLine[]
  }
}

export interface RefundRow extends FactBase {
  readonly refundId: string
  readonly orderId: string | null
  readonly amountMinor: number
  readonly currency: string
  readonly reason: string | null
}

export interface BoxItem {
  readonly sku: string
  readonly quantity: number
}

/** What one event says of a box. */
export interface BoxChange {
  readonly source: string
  readonly boxId: string
  readonly step: 'created' | 'packed' | 'shipped' | 'delivered' | 'skipped'
  readonly eventId: string
  readonly at: string
  readonly businessDate: string
  readonly country: string
  readonly subscriptionId: string | null
  readonly cycle: string | null
  readonly carrier: string | null
  readonly reason: string | null
  readonly items: readonly BoxItem[]
}

export interface ProductRow {
  readonly source: string
  readonly sku: string
  readonly name: string | null
  readonly category: string | null
  readonly at: string
}

/** One event as the rows that it becomes. */
export interface EventFacts {
  readonly event: EventRow
  readonly people: readonly PersonRow[]
  readonly links: readonly PersonLink[]
  /** While two pseudonym keys live. */
  readonly renames?: readonly PersonRename[]
  readonly traits?: TraitsRow
  /** The person who was active on the event's day. */
  readonly activePerson?: string
  readonly session?: SessionTouch
  readonly append?: { readonly table: AppendTable; readonly row: AppendRow }
  readonly order?: OrderChange
  readonly refund?: RefundRow
  readonly box?: BoxChange
  readonly products?: readonly ProductRow[]
  readonly channel?: string
  readonly plan?: string
  readonly experiment?: { readonly experimentId: string; readonly variantId: string }
}

/** The rows that only some events become. */
export type OwnFacts = Pick<
  EventFacts,
  'append' | 'order' | 'refund' | 'box' | 'products' | 'channel' | 'plan' | 'experiment'
>
