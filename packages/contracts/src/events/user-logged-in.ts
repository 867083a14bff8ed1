import { z } from 'zod'
import { defineEvent } from '../event-contract.ts'
import { textField } from '../field.ts'

export const userLoggedIn = defineEvent({
  name: 'user_logged_in',
  description: 'A person logged in.',
  activity: true,
  secretOnly: false,
  schema: z.object({ method: textField(100).optional() }),
  example: { method: 'password' },
})
