import type { PoolClient } from 'pg'
import type { BoxChange, EventFacts } from '../facts/event-facts.ts'

/**
 * Boxes, folded from their events in any order of arrival; of several events of one step the latest counts, of texts that
 * differ (which should not happen) the greatest, so that no order of arrival tells another story. The row of the box is
 * the lock under which its items are folded, and what was packed is compared with what was ordered last.
 */
export async function writeBoxes(tx: PoolClient, facts: readonly Pick<EventFacts, 'box'>[]): Promise<void> {
  const changes = latestOfEachStep(facts.flatMap(({ box }) => box ?? []))
  if (changes.length === 0) return
  const current = await foldBoxes(tx, changes)
  const counting = changes.filter(({ eventId }) => current.has(eventId))
  await replaceItems(
    tx,
    'ordered',
    counting.filter(({ step }) => step === 'created'),
  )
  await replaceItems(
    tx,
    'packed',
    counting.filter(({ step }) => step === 'packed'),
  )
  await addUpItems(tx, changes)
}

function latestOfEachStep(changes: readonly BoxChange[]): BoxChange[] {
  const latest = new Map<string, BoxChange>()
  for (const change of changes) {
    const key = `${change.source} ${change.boxId} ${change.step}`
    const known = latest.get(key)
    if (!known || change.at > known.at || (change.at === known.at && change.eventId > known.eventId)) {
      latest.set(key, change)
    }
  }
  return [...latest.values()]
}

/** One row a box: a box may have several steps in a batch. Returns the events whose items count now. */
async function foldBoxes(tx: PoolClient, changes: readonly BoxChange[]): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ created: string | null; packed: string | null }>(
    `with given as (
       select * from jsonb_to_recordset($1) as g (source text, "boxId" text, step text, "eventId" uuid, at timestamptz,
         "businessDate" date, country text, "subscriptionId" text, cycle text, carrier text, reason text)
     ), folded as (
       select source, "boxId",
         max("subscriptionId") as subscription_id, max(cycle) as cycle, max(nullif(country, 'ZZ')) as country,
         max(at) filter (where step = 'created') as created_at,
         (max("eventId"::text) filter (where step = 'created'))::uuid as created_event_id,
         max(at) filter (where step = 'packed') as packed_at,
         (max("eventId"::text) filter (where step = 'packed'))::uuid as packed_event_id,
         max("businessDate") filter (where step = 'packed') as packed_date,
         max(at) filter (where step = 'shipped') as shipped_at,
         max(at) filter (where step = 'delivered') as delivered_at,
         max(at) filter (where step = 'skipped') as skipped_at,
         max(carrier) as carrier, max(reason) filter (where step = 'skipped') as skip_reason
       from given group by source, "boxId"
     )
     insert into warehouse.fact_box as box (source, box_id, subscription_id, cycle, country, created_at, created_event_id,
       packed_at, packed_event_id, packed_date, shipped_at, delivered_at, skipped_at, carrier, skip_reason)
     select * from folded order by source, "boxId"
     on conflict (source, box_id) do update set
       subscription_id = greatest(box.subscription_id, excluded.subscription_id),
       cycle = greatest(box.cycle, excluded.cycle),
       country = greatest(box.country, excluded.country),
       created_at = greatest(box.created_at, excluded.created_at),
       created_event_id = case when (excluded.created_at, excluded.created_event_id) > (box.created_at, box.created_event_id)
         or box.created_at is null then excluded.created_event_id else box.created_event_id end,
       packed_at = greatest(box.packed_at, excluded.packed_at),
       packed_event_id = case when (excluded.packed_at, excluded.packed_event_id) > (box.packed_at, box.packed_event_id)
         or box.packed_at is null then excluded.packed_event_id else box.packed_event_id end,
       packed_date = greatest(box.packed_date, excluded.packed_date),
       shipped_at = greatest(box.shipped_at, excluded.shipped_at),
       delivered_at = greatest(box.delivered_at, excluded.delivered_at),
       skipped_at = greatest(box.skipped_at, excluded.skipped_at),
       carrier = greatest(box.carrier, excluded.carrier),
       skip_reason = greatest(box.skip_reason, excluded.skip_reason)
     returning created_event_id as created, packed_event_id as packed`,
    [JSON.stringify(changes)],
  )
  return new Set(rows.flatMap(({ created, packed }) => [created, packed].filter((id) => id !== null)))
}

async function replaceItems(
  tx: PoolClient,
  column: 'ordered' | 'packed',
  boxes: readonly BoxChange[],
): Promise<void> {
  if (boxes.length === 0) return
  await tx.query(
    `update warehouse.fact_box_item item set ${column} = 0
     from unnest($1::text[], $2::text[]) as given (source, box_id)
     where item.source = given.source and item.box_id = given.box_id`,
    [boxes.map(({ source }) => source), boxes.map(({ boxId }) => boxId)],
  )
  const items = boxes.flatMap(({ source, boxId, items }) => items.map((item) => ({ source, boxId, ...item })))
  await tx.query(
    `insert into warehouse.fact_box_item (source, box_id, sku, ${column})
     select source, "boxId", sku, quantity
     from jsonb_to_recordset($1) as given (source text, "boxId" text, sku text, quantity bigint)
     order by source, "boxId", sku
     on conflict (source, box_id, sku) do update set ${column} = excluded.${column}`,
    [JSON.stringify(items)],
  )
}

/** Packed counts at most what was ordered, sku by sku; nothing is due while the order is not known. */
async function addUpItems(tx: PoolClient, changes: readonly BoxChange[]): Promise<void> {
  await tx.query(
    `update warehouse.fact_box box set items_ordered = sums.ordered, items_packed = sums.packed
     from (
       select item.source, item.box_id, sum(ordered) as ordered, sum(least(ordered, packed)) as packed
       from warehouse.fact_box_item item
       where (item.source, item.box_id) in (select * from unnest($1::text[], $2::text[]))
       group by item.source, item.box_id
     ) as sums
     where box.source = sums.source and box.box_id = sums.box_id
       and (box.items_ordered, box.items_packed) is distinct from (sums.ordered, sums.packed)`,
    [changes.map(({ source }) => source), changes.map(({ boxId }) => boxId)],
  )
}
