import type { PropertiesOf } from '@millrace/contracts/event-catalogue'
import type { FactBase, OwnFacts, ProductRow } from './event-facts.ts'

/** order_placed counts nothing by itself: it starts the clock of the order's processing time. */
export function placedOrder({ orderId }: PropertiesOf<'order_placed'>, row: FactBase): OwnFacts {
  return { order: { ...orderBase(orderId, row), placedAt: row.occurredAt } }
}

export function completedOrder(properties: PropertiesOf<'order_completed'>, row: FactBase): OwnFacts {
  const { orderId, amountMinor, currency, coupon, lines = [] } = properties
  return {
    order: {
      ...orderBase(orderId, row),
      completed: {
        eventId: row.eventId,
        at: row.occurredAt,
        businessDate: row.businessDate,
        amountMinor,
        currency,
        coupon: coupon ?? null,
        lines,
      },
    },
    products: lines.flatMap(({ sku, name }): ProductRow[] =>
      name ? [{ source: row.source, sku, name, category: null, at: row.occurredAt }] : [],
    ),
  }
}

export function fulfilledOrder({ orderId }: PropertiesOf<'order_fulfilled'>, row: FactBase): OwnFacts {
  return {
    order: { ...orderBase(orderId, row), fulfilled: { at: row.occurredAt, businessDate: row.businessDate } },
  }
}

export function refund(properties: PropertiesOf<'order_refunded'>, row: FactBase): OwnFacts {
  const { refundId, orderId, amountMinor, currency, reason } = properties
  const { eventId, businessDate, occurredAt, source, personId, country } = row
  return {
    refund: {
      ...{ eventId, businessDate, occurredAt, source, personId, country },
      refundId,
      orderId: orderId ?? null,
      amountMinor,
      currency,
      reason: reason ?? null,
    },
  }
}

function orderBase(orderId: string, { source, personId, country }: FactBase) {
  return { source, orderId, personId, country }
}
