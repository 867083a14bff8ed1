import { z } from 'zod'
import { REJECTION_CODES, type Rejection } from './rejection.ts'

const RejectionAnswer = z.object({
  index: z.int().min(0).meta({ description: 'Position of the event in the request.' }),
  messageId: z.string().nullable().meta({ description: 'null where the event had none that is readable.' }),
  code: z.enum(REJECTION_CODES),
  path: z
    .string()
    .meta({ description: 'Where in the event, as properties.lines.3.sku; empty for all of it.' }),
  detail: z.string().meta({ description: 'What was expected; never what was sent.' }),
  retryable: z.boolean().meta({ description: 'Whether the same event may be accepted later.' }),
}) satisfies z.ZodType<Rejection>

/** The answer of 202 and 400: what became of the events. */
export const ReceiptAnswer = z.object({
  requestId: z.string(),
  accepted: z.int().min(0).meta({ description: 'Events that are stored.' }),
  suppressed: z.int().min(0).meta({ description: 'Good events that are not kept, for want of consent.' }),
  rejected: z.array(RejectionAnswer),
  detail: z.string().optional().meta({ description: 'Why the request as a whole was not taken.' }),
})
export type ReceiptAnswer = z.output<typeof ReceiptAnswer>

/** The answer where the request as a whole was not taken: the same body, nothing accepted, and why. */
export const ErrorAnswer = ReceiptAnswer.required({ detail: true })
export type ErrorAnswer = z.output<typeof ErrorAnswer>
