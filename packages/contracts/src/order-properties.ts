import { z } from 'zod'
import { idField, textField } from './field.ts'
import { AmountMinor, Currency } from './money.ts'
import { OrderLines } from './order-line.ts'

/** What order_placed and order_completed say of an order. */
export const OrderProperties = z.object({
  orderId: idField(),
  amountMinor: AmountMinor,
  currency: Currency,
  lines: OrderLines.optional(),
  coupon: textField(100).optional(),
})
export type OrderProperties = z.output<typeof OrderProperties>
