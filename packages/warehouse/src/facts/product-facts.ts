import type { PropertiesOf } from '@millrace/contracts/event-catalogue'
import type { FactBase, OwnFacts } from './event-facts.ts'

/** What a view or a cart says of a product; events that name only the sku say nothing new. */
export function productFacts(
  { sku, name, category }: PropertiesOf<'product_viewed' | 'product_added'>,
  { source, occurredAt }: FactBase,
): OwnFacts {
  if (!name && !category) return {}
  return { products: [{ source, sku, name: name ?? null, category: category ?? null, at: occurredAt }] }
}
