import { defineEvent } from '../event-contract.ts'
import { ProductProperties } from '../product-properties.ts'

export const productViewed = defineEvent({
  name: 'product_viewed',
  description: 'A person looked at a product.',
  activity: true,
  secretOnly: false,
  schema: ProductProperties,
  example: {
    sku: 'OAT-1L',
    name: 'Oat milk',
    category: 'drinks',
    quantity: 1,
    amountMinor: 249,
    currency: 'EUR',
  },
})
