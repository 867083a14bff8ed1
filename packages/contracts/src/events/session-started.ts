import { z } from 'zod'
import { defineEvent } from '../event-contract.ts'

export const sessionStarted = defineEvent({
  name: 'session_started',
  description: 'A visit began.',
  activity: true,
  secretOnly: false,
  schema: z.object({}),
  example: {},
})
