import { z } from 'zod'
import { defineEvent } from '../event-contract.ts'
import { idField } from '../field.ts'

export const orderFulfilled = defineEvent({
  name: 'order_fulfilled',
  description: 'An order left the house.',
  activity: false,
  secretOnly: true,
  schema: z.object({ orderId: idField() }),
  example: { orderId: 'o-1001' },
})
