import { defineEvent } from '../event-contract.ts'
import { ProductProperties } from '../product-properties.ts'

export const productAdded = defineEvent({
  name: 'product_added',
  description: 'A person put a product into the cart or box.',
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
