import { z } from 'zod'
import { idField, textField } from './field.ts'
import { AmountMinor, Currency } from './money.ts'
import { Quantity } from './order-line.ts'

/** What product_viewed and product_added say of a product; `amountMinor` is the price of one piece. */
export const ProductProperties = z.object({
  sku: idField(),
  name: textField().optional(),
  category: textField(200).optional(),
  quantity: Quantity.optional(),
  amountMinor: AmountMinor.optional(),
  currency: Currency.optional(),
})
export type ProductProperties = z.output<typeof ProductProperties>
