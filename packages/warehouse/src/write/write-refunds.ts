import type { PoolClient } from 'pg'
import type { EventFacts, RefundRow } from '../facts/event-facts.ts'

/** Refunds, each once by (source, refundId); a later event of the same refund corrects it. */
export async function writeRefunds(
  tx: PoolClient,
  facts: readonly Pick<EventFacts, 'refund'>[],
): Promise<void> {
  const refunds = latestOfEach(facts.flatMap(({ refund }) => refund ?? []))
  if (refunds.length === 0) return
  await tx.query(
    `insert into warehouse.fact_refund as refund
       (source, refund_id, event_id, business_date, occurred_at, order_id, amount_minor, currency, reason, person_id, country)
     select source, "refundId", "eventId", "businessDate", "occurredAt", "orderId", "amountMinor", currency, reason,
       "personId", country
     from jsonb_to_recordset($1) as given (source text, "refundId" text, "eventId" uuid, "businessDate" date,
       "occurredAt" timestamptz, "orderId" text, "amountMinor" bigint, currency text, reason text, "personId" uuid,
       country text)
     order by source, "refundId"
     on conflict (source, refund_id) do update set
       event_id = excluded.event_id, business_date = excluded.business_date, occurred_at = excluded.occurred_at,
       order_id = excluded.order_id, amount_minor = excluded.amount_minor, currency = excluded.currency,
       reason = excluded.reason, person_id = excluded.person_id, country = excluded.country
     where (excluded.occurred_at, excluded.event_id) > (refund.occurred_at, refund.event_id)`,
    [JSON.stringify(refunds)],
  )
}

function latestOfEach(refunds: readonly RefundRow[]): RefundRow[] {
  const latest = new Map<string, RefundRow>()
  for (const refund of refunds) {
    const key = `${refund.source} ${refund.refundId}`
    const known = latest.get(key)
    if (!known || isLater(refund, known)) latest.set(key, refund)
  }
  return [...latest.values()]
}

function isLater(one: RefundRow, other: RefundRow): boolean {
  return (
    one.occurredAt > other.occurredAt || (one.occurredAt === other.occurredAt && one.eventId > other.eventId)
  )
}
