import { z } from 'zod'
import { defineEvent } from '../event-contract.ts'
import { textField } from '../field.ts'

export const searchPerformed = defineEvent({
  name: 'search_performed',
  description: 'A person searched.',
  activity: true,
  secretOnly: false,
  schema: z.object({ query: textField(), results: z.int().min(0).max(1e9).optional() }),
  example: { query: 'oat milk', results: 12 },
})
