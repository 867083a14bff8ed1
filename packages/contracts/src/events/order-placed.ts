import { defineEvent } from '../event-contract.ts'
import { OrderProperties } from '../order-properties.ts'

export const orderPlaced = defineEvent({
  name: 'order_placed',
  description: 'A person placed an order; it alone counts nothing, it starts the processing time.',
  activity: true,
  secretOnly: true,
  schema: OrderProperties,
  example: {
    orderId: 'o-1001',
    amountMinor: 1299,
    currency: 'EUR',
    lines: [
      { sku: 'OAT-1L', name: 'Oat milk', quantity: 3, amountMinor: 747 },
      { sku: 'RYE-500', quantity: 2, amountMinor: 552 },
    ],
  },
})
