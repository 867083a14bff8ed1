import { z } from 'zod'
import { defineEvent } from '../event-contract.ts'
import { idField, textField } from '../field.ts'
import { AmountMinor, Currency } from '../money.ts'

export const orderRefunded = defineEvent({
  name: 'order_refunded',
  description: 'Money went back, on a day of its own; a positive amount.',
  activity: false,
  secretOnly: true,
  schema: z.object({
    refundId: idField(),
    orderId: idField().optional(),
    amountMinor: AmountMinor,
    currency: Currency,
    reason: textField().optional(),
  }),
  example: {
    refundId: 'r-77',
    orderId: 'o-1001',
    amountMinor: 249,
    currency: 'EUR',
    reason: 'arrived broken',
  },
})
