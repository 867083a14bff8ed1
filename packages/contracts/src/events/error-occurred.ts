import { z } from 'zod'
import { defineEvent } from '../event-contract.ts'
import { textField } from '../field.ts'

export const errorOccurred = defineEvent({
  name: 'error_occurred',
  description: 'Something failed in front of a person.',
  activity: false,
  secretOnly: false,
  schema: z.object({
    code: textField(200),
    message: textField(2000).optional(),
    severity: z.enum(['debug', 'info', 'warning', 'error', 'critical', 'fatal']).optional(),
  }),
  example: { code: 'payment_declined', message: 'The card was declined', severity: 'error' },
})
