import { z } from 'zod'
import { idField, textField } from './field.ts'
import { Quantity } from './order-line.ts'

const MAX_ITEMS = 1000

const BoxItem = z.object({ sku: idField(), quantity: Quantity })

/** What box_created (ordered) and box_packed (packed) say of a box. */
export const BoxContents = z.object({
  boxId: idField(),
  subscriptionId: idField().optional(),
  /** The delivery that the box is for, as `2026-11` or 12. */
  cycle: z
    .union([textField(50), z.int()])
    .transform(String)
    .optional(),
  items: z.array(BoxItem).max(MAX_ITEMS),
})
export type BoxContents = z.output<typeof BoxContents>

/** What box_shipped, box_delivered and box_skipped say of a box. */
export const BoxProgress = z.object({
  boxId: idField(),
  carrier: textField(100).optional(),
  reason: textField().optional(),
})
export type BoxProgress = z.output<typeof BoxProgress>
