import type { BoxChange, BoxItem } from '../facts/event-facts.ts'
import { writeBoxes } from '../write/write-boxes.ts'
import { localDay } from './fact-table.ts'
import { inChunks, type OutsideDeps, outside, readTouched } from './read-touched.ts'

type BoxTexts = Pick<BoxChange, 'source' | 'boxId' | 'country' | 'subscriptionId' | 'cycle' | 'carrier'>
type BoxStep = Pick<BoxChange, 'step' | 'at'> & {
  readonly eventId: string | null
  readonly businessDate: string
  readonly items: readonly BoxItem[] | null
}
type BoxParts = BoxTexts & { readonly skipReason: string | null; readonly steps: readonly BoxStep[] }

/** The steps of the replayed boxes on days that are not replayed, as take-outside-orders.ts does it for orders. */
export async function takeOutsideBoxes(deps: OutsideDeps): Promise<void> {
  const boxes = await readTouched<BoxParts>(deps, { table: 'fact_box', id: 'box_id' }, select(deps))
  await inChunks(boxes, (some) =>
    writeBoxes(
      deps.shadow,
      some.flatMap(changesOf).map((box) => ({ box })),
    ),
  )
}

function select({ covered, timeZone }: OutsideDeps): string {
  const steps = [
    step('created', 'created_event_id', localDay('created_at', timeZone), items('ordered')),
    step('packed', 'packed_event_id', 'packed_date', items('packed')),
    ...['shipped', 'delivered', 'skipped'].map((name) =>
      step(name, 'null::uuid', localDay(`${name}_at`, timeZone), 'null::json'),
    ),
  ]
  return `select source, box_id as "boxId", coalesce(country, 'ZZ') as country, subscription_id as "subscriptionId", cycle,
    carrier, skip_reason as "skipReason", steps
  from touched join warehouse.fact_box box using (source, box_id) cross join lateral (
    select json_agg(json_build_object('step', step, 'eventId', event_id, 'at', at, 'businessDate', day, 'items', items)) as steps
    from (values ${steps.join(', ')}) as each_step (step, event_id, at, day, items)
    where ${outside('day', covered)}
  ) as outside
  where steps is not null`
}

function step(name: string, eventId: string, day: string, itemsOf: string): string {
  return `('${name}', ${eventId}, ${name}_at, ${day}, ${itemsOf})`
}

function items(column: 'ordered' | 'packed'): string {
  return `(select json_agg(json_build_object('sku', sku, 'quantity', ${column})) from warehouse.fact_box_item item
    where (item.source, item.box_id) = (box.source, box.box_id) and ${column} > 0)`
}

/** Of steps without items no event is kept. */
const NO_EVENT = '00000000-0000-0000-0000-000000000000'

function changesOf({ steps, skipReason, ...texts }: BoxParts): BoxChange[] {
  return steps.map(({ eventId, items, ...step }) => ({
    ...texts,
    ...step,
    eventId: eventId ?? NO_EVENT,
    items: items ?? [],
    reason: step.step === 'skipped' ? skipReason : null,
  }))
}
