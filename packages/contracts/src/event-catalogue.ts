import type { z } from 'zod'
import type { EventContract } from './event-contract.ts'
import { boxCreated } from './events/box-created.ts'
import { boxDelivered } from './events/box-delivered.ts'
import { boxPacked } from './events/box-packed.ts'
import { boxShipped } from './events/box-shipped.ts'
import { boxSkipped } from './events/box-skipped.ts'
import { elementClicked } from './events/element-clicked.ts'
import { errorOccurred } from './events/error-occurred.ts'
import { experimentViewed } from './events/experiment-viewed.ts'
import { feedbackSubmitted } from './events/feedback-submitted.ts'
import { orderCompleted } from './events/order-completed.ts'
import { orderFulfilled } from './events/order-fulfilled.ts'
import { orderPlaced } from './events/order-placed.ts'
import { orderRefunded } from './events/order-refunded.ts'
import { pageViewed } from './events/page-viewed.ts'
import { productAdded } from './events/product-added.ts'
import { productViewed } from './events/product-viewed.ts'
import { searchPerformed } from './events/search-performed.ts'
import { sessionEnded } from './events/session-ended.ts'
import { sessionStarted } from './events/session-started.ts'
import { subscriptionCancelled } from './events/subscription-cancelled.ts'
import { subscriptionRenewed } from './events/subscription-renewed.ts'
import { subscriptionStarted } from './events/subscription-started.ts'
import { userLoggedIn } from './events/user-logged-in.ts'
import { userSignedUp } from './events/user-signed-up.ts'
import { webVitalMeasured } from './events/web-vital-measured.ts'

/** Every event that Millrace knows. A new one is a file in `events/` and a line here; a test holds the two together. */
export const eventCatalogue = [
  pageViewed,
  elementClicked,
  searchPerformed,
  productViewed,
  productAdded,
  userSignedUp,
  userLoggedIn,
  orderPlaced,
  orderCompleted,
  orderFulfilled,
  orderRefunded,
  subscriptionStarted,
  subscriptionRenewed,
  subscriptionCancelled,
  boxCreated,
  boxPacked,
  boxShipped,
  boxDelivered,
  boxSkipped,
  feedbackSubmitted,
  errorOccurred,
  sessionStarted,
  sessionEnded,
  experimentViewed,
  webVitalMeasured,
] as const

export type EventName = (typeof eventCatalogue)[number]['name']

/** The properties of one event after parsing, as `PropertiesOf<'order_completed'>`. */
export type PropertiesOf<Name extends EventName> = z.output<
  Extract<(typeof eventCatalogue)[number], { name: Name }>['schema']
>

const byName: ReadonlyMap<string, EventContract> = new Map(
  eventCatalogue.map((contract): [string, EventContract] => [contract.name, contract]),
)

/** The contract of an event by its canonical name; undefined for a custom event. */
export function eventContract(name: string): EventContract | undefined {
  return byName.get(name)
}
