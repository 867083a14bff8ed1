import { z } from 'zod'
import { idField, textField } from './field.ts'
import { LineAmountMinor } from './money.ts'

const MAX_QUANTITY = 1e9

/** How many of something there are: 1 to a billion. */
export const Quantity = z.int().min(1).max(MAX_QUANTITY)

/** One line of an order as its invoice shows it; `amountMinor` is that of the whole line, not of one piece. */
export const OrderLine = z.object({
  sku: idField(),
  name: textField().optional(),
  quantity: z
    .int()
    .min(-MAX_QUANTITY)
    .max(MAX_QUANTITY)
    .refine((quantity) => quantity !== 0, 'expected a whole number other than 0'),
  amountMinor: LineAmountMinor,
})
export type OrderLine = z.output<typeof OrderLine>

// The largest invoice of a real wholesale shop had 1,114 lines; 256 KB hold about 5,000.
const MAX_LINES = 5000

export const OrderLines = z.array(OrderLine).max(MAX_LINES)
