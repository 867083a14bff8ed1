import type { OrderChange } from '../facts/event-facts.ts'
import { writeOrders } from '../write/write-orders.ts'
import { localDay } from './fact-table.ts'
import { inChunks, type OutsideDeps, outside, readTouched } from './read-touched.ts'

type OrderParts = Pick<OrderChange, 'source' | 'orderId' | 'personId' | 'country'> & {
  readonly placedAt: string | null
  readonly completed: OrderChange['completed'] | null
  readonly fulfilled: OrderChange['fulfilled'] | null
}

/**
 * What happened to the replayed orders on days that are not replayed is folded in by the loader's own statement: a fold
 * is the same in any order, so what lies inside comes from the archive alone, and what lies outside is no difference.
 * Of an order that is not completed person and country are any event's.
 */
export async function takeOutsideOrders(deps: OutsideDeps): Promise<void> {
  const orders = await readTouched<OrderParts>(deps, { table: 'fact_order', id: 'order_id' }, select(deps))
  await inChunks(orders, (some) =>
    writeOrders(
      deps.shadow,
      some.map((parts) => ({ order: changeOf(parts) })),
    ),
  )
}

function select({ covered, timeZone }: OutsideDeps): string {
  const placed = outside(localDay('placed_at', timeZone), covered)
  const completed = outside('business_date', covered)
  const fulfilled = outside('fulfilled_date', covered)
  return `select source, order_id as "orderId", person_id as "personId", coalesce(country, 'ZZ') as country,
    case when ${placed} then to_json(placed_at) end as "placedAt",
    case when ${completed} then json_build_object('eventId', completed_event_id, 'at', completed_at,
      'businessDate', business_date, 'amountMinor', amount_minor, 'currency', currency, 'coupon', coupon,
      'lines', coalesce((
        select json_agg(json_build_object('sku', sku, 'quantity', quantity, 'amountMinor', amount_minor) order by line_number)
        from warehouse.fact_order_line line where (line.source, line.order_id) = (ord.source, ord.order_id)
      ), '[]')) end as completed,
    case when ${fulfilled} then json_build_object('at', fulfilled_at, 'businessDate', fulfilled_date) end as fulfilled
  from touched join warehouse.fact_order ord using (source, order_id)
  where ${placed} or ${completed} or ${fulfilled} or business_date is null`
}

function changeOf({ placedAt, completed, fulfilled, ...order }: OrderParts): OrderChange {
  return {
    ...order,
    ...(placedAt ? { placedAt } : {}),
    ...(completed ? { completed } : {}),
    ...(fulfilled ? { fulfilled } : {}),
  }
}
