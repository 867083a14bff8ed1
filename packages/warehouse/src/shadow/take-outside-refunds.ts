import type { RefundRow } from '../facts/event-facts.ts'
import { writeRefunds } from '../write/write-refunds.ts'
import { inChunks, type OutsideDeps, outside, readTouched } from './read-touched.ts'

/** Refunds that a later event moved to a day that is not replayed, as take-outside-orders.ts does it for orders. */
export async function takeOutsideRefunds(deps: OutsideDeps): Promise<void> {
  const refunds = await readTouched<RefundRow>(
    deps,
    { table: 'fact_refund', id: 'refund_id' },
    `select event_id as "eventId", business_date::text as "businessDate", to_json(occurred_at) as "occurredAt", source,
       person_id as "personId", country, refund_id as "refundId", order_id as "orderId",
       amount_minor::double precision as "amountMinor", currency, reason
     from touched join warehouse.fact_refund using (source, refund_id)
     where ${outside('business_date', deps.covered)}`,
  )
  await inChunks(refunds, (some) =>
    writeRefunds(
      deps.shadow,
      some.map((refund) => ({ refund })),
    ),
  )
}
