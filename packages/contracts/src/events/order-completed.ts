import { defineEvent } from '../event-contract.ts'
import { OrderProperties } from '../order-properties.ts'

export const orderCompleted = defineEvent({
  name: 'order_completed',
  description: 'An order was paid: it counts once by its orderId, and so does its revenue.',
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
