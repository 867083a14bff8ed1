/**
 * The click stream of a made-up shop (retentioneering, Apache-2.0) as events, one a row:
 *
 *     npx millrace send ecom.csv.gz --map docs/examples/retentioneering-ecom.ts
 *
 * The file says neither which product was seen nor what a purchase came to, so products have the sku `unknown` and a
 * purchase stays a custom event: an order without an amount would be revenue of 0. Rows of other names are custom too.
 */
import type { ClientEvent, MapRow } from '@millrace/cli/send/mapping'

interface Click {
  readonly user_id: string
  readonly session_id: string
  readonly event: string
  readonly timestamp: string
  readonly acquisition_channel: string
}

export const columns = ['user_id', 'session_id', 'event', 'timestamp', 'acquisition_channel']

type Part = Pick<ClientEvent, 'event' | 'properties'>

const MAPPED: Readonly<Record<string, Part>> = {
  home: page('/'),
  catalog: page('/catalog'),
  promo_page: page('/promo'),
  account_page: page('/account'),
  review_page: page('/reviews'),
  cart: page('/cart'),
  product_view: { event: 'product_viewed', properties: { sku: 'unknown' } },
  add_to_cart: { event: 'product_added', properties: { sku: 'unknown' } },
  error_page: { event: 'error_occurred', properties: { code: 'error_page' } },
  payment_error: { event: 'error_occurred', properties: { code: 'payment_error' } },
  checkout_bug: { event: 'error_occurred', properties: { code: 'checkout_bug' } },
  // The file has no scores and feedback needs one: the middle of the review scale, which no KPI reads.
  support_chat: { event: 'feedback_submitted', properties: { kind: 'review', score: 3 } },
}

function page(path: string): Part {
  return { event: 'page_viewed', properties: { path } }
}

export const map: MapRow<Click> = (click, number) => ({
  // Rows have no id, and 30 are exact repeats that count: the place in the file is what tells them apart.
  messageId: `ecom-${number}`,
  type: 'track',
  ...(MAPPED[click.event] ?? { event: click.event }),
  originalTimestamp: `${click.timestamp.replace(' ', 'T')}Z`,
  userId: click.user_id,
  sessionId: click.session_id,
  context: { campaign: { medium: click.acquisition_channel } },
})
