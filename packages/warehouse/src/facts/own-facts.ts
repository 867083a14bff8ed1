import type { EventName, PropertiesOf } from '@millrace/contracts/event-catalogue'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { boxFacts } from './box-facts.ts'
import type { AppendRow, AppendTable, FactBase, OwnFacts } from './event-facts.ts'
import { completedOrder, fulfilledOrder, placedOrder, refund } from './order-facts.ts'
import { productFacts } from './product-facts.ts'

type Mapper<Name extends EventName> = (properties: PropertiesOf<Name>, row: FactBase) => OwnFacts

/** What becomes of each event beside its row in fact_event; an event without an entry becomes nothing more. */
const mappers: { readonly [Name in EventName]?: Mapper<Name> } = {
  user_signed_up: ({ channel, plan, method }, row) => ({
    ...append('fact_sign_up', row, [channel ?? 'unknown', plan ?? null, method ?? null]),
    channel: channel ?? 'unknown',
    ...(plan ? { plan } : {}),
  }),
  user_logged_in: ({ method }, row) => append('fact_login', row, [method ?? null]),
  order_placed: placedOrder,
  order_completed: completedOrder,
  order_fulfilled: fulfilledOrder,
  order_refunded: refund,
  product_viewed: productFacts,
  product_added: productFacts,
  subscription_started: (properties, row) => subscription('started', properties, row),
  subscription_renewed: (properties, row) => subscription('renewed', properties, row),
  subscription_cancelled: ({ subscriptionId, reason }, row) =>
    append('fact_subscription', row, [subscriptionId, 'cancelled', null, null, null, null, reason ?? null]),
  box_created: (properties, row) => boxFacts('created', properties, row),
  box_packed: (properties, row) => boxFacts('packed', properties, row),
  box_shipped: (properties, row) => boxFacts('shipped', properties, row),
  box_delivered: (properties, row) => boxFacts('delivered', properties, row),
  box_skipped: (properties, row) => boxFacts('skipped', properties, row),
  feedback_submitted: ({ kind, score, comment, orderId, boxId }, row) =>
    append('fact_feedback', row, [kind, score, comment ?? null, orderId ?? null, boxId ?? null]),
  error_occurred: ({ code, message, severity }, row) =>
    append('fact_error', row, [code, message ?? null, severity ?? null]),
  experiment_viewed: ({ experimentId, variantId }, row) => ({
    ...append('fact_exposure', row, [experimentId, variantId]),
    experiment: { experimentId, variantId },
  }),
  web_vital_measured: ({ name, value, rating }, row) =>
    append('fact_web_vital', row, [name, value, rating ?? null]),
}

/** The contract of the event was checked when it came in, so its properties have their shape. */
export function ownFacts(
  event: Pick<StampedEvent, 'event' | 'custom' | 'properties'>,
  row: FactBase,
): OwnFacts {
  if (event.custom) return {}
  const mapper = mappers[event.event as EventName] as Mapper<EventName> | undefined
  return mapper?.(event.properties as never, row) ?? {}
}

function subscription(
  change: 'started' | 'renewed',
  properties: PropertiesOf<'subscription_started'>,
  row: FactBase,
): OwnFacts {
  const { subscriptionId, plan, amountMinor, currency, interval } = properties
  return {
    ...append('fact_subscription', row, [
      subscriptionId,
      change,
      plan,
      amountMinor,
      currency,
      interval,
      null,
    ]),
    plan,
  }
}

function append(table: AppendTable, row: FactBase, own: AppendRow): OwnFacts {
  const { eventId, businessDate, occurredAt, source, personId, country } = row
  return { append: { table, row: [eventId, businessDate, occurredAt, source, personId, country, ...own] } }
}
