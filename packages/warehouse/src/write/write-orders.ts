import type { PoolClient } from 'pg'
import type { EventFacts, OrderChange } from '../facts/event-facts.ts'
import { copyRows } from './copy-rows.ts'

type Completed = NonNullable<OrderChange['completed']>

/**
 * Orders, folded from their events in any order of arrival: the earliest placing, the earliest fulfilment, the latest
 * completion (its amount, day and lines replace those of an earlier one).
 */
export async function writeOrders(
  tx: PoolClient,
  facts: readonly Pick<EventFacts, 'order'>[],
): Promise<void> {
  const changes = foldByOrder(facts.flatMap(({ order }) => order ?? []))
  if (changes.length === 0) return
  const { rows } = await tx.query<{ source: string; orderId: string; completedEventId: string | null }>(
    `insert into warehouse.fact_order as ord
       (source, order_id, placed_at, completed_at, completed_event_id, business_date, amount_minor, currency, coupon,
        person_id, country, fulfilled_at, fulfilled_date)
     select source, "orderId", "placedAt", "completedAt", "eventId", "businessDate", "amountMinor", currency, coupon,
       "personId", country, "fulfilledAt", "fulfilledDate"
     from jsonb_to_recordset($1) as given (source text, "orderId" text, "placedAt" timestamptz,
       "completedAt" timestamptz, "eventId" uuid, "businessDate" date, "amountMinor" bigint, currency text, coupon text,
       "personId" uuid, country text, "fulfilledAt" timestamptz, "fulfilledDate" date)
     order by source, "orderId"
     on conflict (source, order_id) do update set
       placed_at = least(ord.placed_at, excluded.placed_at),
       fulfilled_at = least(ord.fulfilled_at, excluded.fulfilled_at),
       fulfilled_date = case when excluded.fulfilled_at < ord.fulfilled_at or ord.fulfilled_at is null
         then excluded.fulfilled_date else ord.fulfilled_date end,
       (completed_at, completed_event_id, business_date, amount_minor, currency, coupon, person_id, country) = (
         select w.* from (values
           (excluded.completed_at, excluded.completed_event_id, excluded.business_date, excluded.amount_minor,
            excluded.currency, excluded.coupon, excluded.person_id, excluded.country),
           (ord.completed_at, ord.completed_event_id, ord.business_date, ord.amount_minor,
            ord.currency, ord.coupon, ord.person_id, ord.country)
         ) as w (completed_at, completed_event_id, business_date, amount_minor, currency, coupon, person_id, country)
         order by w.completed_at desc nulls last, w.completed_event_id desc nulls last, w.country, w.person_id limit 1)
     returning source, order_id as "orderId", completed_event_id as "completedEventId"`,
    [JSON.stringify(changes.map(orderRow))],
  )
  const current = new Map(
    rows.map(({ source, orderId, completedEventId }) => [`${source} ${orderId}`, completedEventId]),
  )
  await replaceLines(
    tx,
    changes.filter(
      ({ source, orderId, completed }) =>
        completed && current.get(`${source} ${orderId}`) === completed.eventId,
    ),
  )
}

function foldByOrder(changes: readonly OrderChange[]): OrderChange[] {
  const orders = new Map<string, OrderChange>()
  for (const change of changes) {
    const key = `${change.source} ${change.orderId}`
    const known = orders.get(key)
    orders.set(key, known ? foldTwo(known, change) : change)
  }
  return [...orders.values()]
}

function foldTwo(one: OrderChange, other: OrderChange): OrderChange {
  const completed = latest(one.completed, other.completed)
  const placedAt = [one.placedAt, other.placedAt].filter((at) => at !== undefined).sort()[0]
  const fulfilled = [one.fulfilled, other.fulfilled]
    .filter((step) => step !== undefined)
    .sort((a, b) => (a.at < b.at ? -1 : 1))[0]
  return {
    ...(saysMore(one, other, completed) ? one : other),
    ...(placedAt ? { placedAt } : {}),
    ...(fulfilled ? { fulfilled } : {}),
    ...(completed ? { completed } : {}),
  }
}

/** Whose country and person count: the completion's, else those of the event that knows its country (`ZZ` comes last). */
function saysMore(one: OrderChange, other: OrderChange, completed: Completed | undefined): boolean {
  if (completed) return completed === one.completed
  return one.country === other.country
    ? (one.personId ?? '~') <= (other.personId ?? '~')
    : one.country < other.country
}

/** Of two at the same moment the one with the greater id, so that the order of arrival does not matter. */
function latest(one: Completed | undefined, other: Completed | undefined): Completed | undefined {
  if (!one || !other) return one ?? other
  return one.at > other.at || (one.at === other.at && one.eventId > other.eventId) ? one : other
}

function orderRow({ source, orderId, personId, country, placedAt, fulfilled, completed }: OrderChange) {
  return {
    ...{ source, orderId, personId, country, placedAt },
    ...(fulfilled ? { fulfilledAt: fulfilled.at, fulfilledDate: fulfilled.businessDate } : {}),
    ...(completed
      ? {
          completedAt: completed.at,
          eventId: completed.eventId,
          businessDate: completed.businessDate,
          amountMinor: completed.amountMinor,
          currency: completed.currency,
          coupon: completed.coupon,
        }
      : {}),
  }
}

const LINE_COLUMNS = [
  'source',
  'order_id',
  'line_number',
  'business_date',
  'sku',
  'quantity',
  'amount_minor',
  'currency',
]

async function replaceLines(tx: PoolClient, orders: readonly OrderChange[]): Promise<void> {
  if (orders.length === 0) return
  await tx.query(
    `delete from warehouse.fact_order_line line using unnest($1::text[], $2::text[]) as given (source, order_id)
     where line.source = given.source and line.order_id = given.order_id`,
    [orders.map(({ source }) => source), orders.map(({ orderId }) => orderId)],
  )
  const rows = orders.flatMap(({ source, orderId, completed }) =>
    (completed?.lines ?? []).map(({ sku, quantity, amountMinor }, index) => [
      ...[source, orderId, index + 1, completed?.businessDate ?? null],
      ...[sku, quantity, amountMinor, completed?.currency ?? null],
    ]),
  )
  await copyRows(tx, 'fact_order_line', LINE_COLUMNS, rows)
}
