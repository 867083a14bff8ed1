import { type EventName, eventCatalogue, eventContract } from './event-catalogue.ts'
import type { EventContract } from './event-contract.ts'

/** Segment's names that are not just the canonical name in Title Case. */
const OTHER_NAMES: Readonly<Record<string, EventName>> = {
  'Signed Up': 'user_signed_up',
  'Signed In': 'user_logged_in',
  'Products Searched': 'search_performed',
  'Product Reviewed': 'feedback_submitted',
}

const bySegmentName: ReadonlyMap<string, EventContract> = new Map(
  [
    ...eventCatalogue.map(({ name }) => [titleCase(name), name] as const),
    ...Object.entries(OTHER_NAMES),
  ].flatMap(([title, name]) => {
    const contract = eventContract(name)
    return contract ? [[title.toLowerCase(), contract] as const] : []
  }),
)

/** The contract that Segment's name stands for, as `Order Completed` for order_completed; in any case of letters. */
export function segmentContract(title: string): EventContract | undefined {
  return bySegmentName.get(title.toLowerCase())
}

function titleCase(name: string): string {
  return name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
}
