import { z } from 'zod'
import { defineEvent } from '../event-contract.ts'
import { textField } from '../field.ts'

export const userSignedUp = defineEvent({
  name: 'user_signed_up',
  description: 'A person made an account.',
  activity: true,
  secretOnly: false,
  schema: z.object({
    channel: textField(100).default('unknown'),
    plan: textField(100).optional(),
    method: textField(100).optional(),
  }),
  example: { channel: 'newsletter', plan: 'family', method: 'email' },
})
