import { z } from 'zod'
import { defineEvent } from '../event-contract.ts'
import { idField, textField } from '../field.ts'

const about = {
  comment: textField(5000).optional(),
  orderId: idField().optional(),
  boxId: idField().optional(),
}

export const feedbackSubmitted = defineEvent({
  name: 'feedback_submitted',
  description: 'A person said how they liked it; the kind decides the scale.',
  activity: true,
  secretOnly: false,
  schema: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('csat'), score: z.int().min(1).max(5), ...about }),
    z.object({ kind: z.literal('nps'), score: z.int().min(0).max(10), ...about }),
    z.object({ kind: z.literal('review'), score: z.int().min(1).max(5), ...about }),
  ]),
  example: { kind: 'csat', score: 5, comment: 'Fresh as ever', boxId: 'b-9' },
})
