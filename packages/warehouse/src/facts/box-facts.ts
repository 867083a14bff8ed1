import type { BoxChange, BoxItem, FactBase, OwnFacts } from './event-facts.ts'

/** The properties that box events have between them. */
interface BoxProperties {
  readonly boxId: string
  readonly subscriptionId?: string | undefined
  readonly cycle?: string | undefined
  readonly items?: readonly BoxItem[]
  readonly carrier?: string | undefined
  readonly reason?: string | undefined
}

export function boxFacts(step: BoxChange['step'], properties: BoxProperties, row: FactBase): OwnFacts {
  const { boxId, subscriptionId, cycle, items = [], carrier, reason } = properties
  return {
    box: {
      source: row.source,
      boxId,
      step,
      eventId: row.eventId,
      at: row.occurredAt,
      businessDate: row.businessDate,
      country: row.country,
      subscriptionId: subscriptionId ?? null,
      cycle: cycle ?? null,
      carrier: carrier ?? null,
      reason: reason ?? null,
      items: addUp(items),
    },
  }
}

/** A sku that is listed twice is ordered (or packed) twice. */
function addUp(items: readonly BoxItem[]): BoxItem[] {
  const quantities = new Map<string, number>()
  for (const { sku, quantity } of items) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity)
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }))
}
