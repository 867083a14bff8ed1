import { z } from 'zod'
import { defineEvent } from '../event-contract.ts'

export const sessionEnded = defineEvent({
  name: 'session_ended',
  description: 'A visit ended.',
  activity: false,
  secretOnly: false,
  schema: z.object({}),
  example: {},
})
