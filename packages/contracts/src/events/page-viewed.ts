import { z } from 'zod'
import { defineEvent } from '../event-contract.ts'
import { textField, urlField } from '../field.ts'

export const pageViewed = defineEvent({
  name: 'page_viewed',
  description: 'A person saw a page or a screen.',
  activity: true,
  secretOnly: false,
  schema: z.object({
    path: urlField().optional(),
    title: textField().optional(),
    referrer: urlField().optional(),
  }),
  example: { path: '/boxes/winter', title: 'The winter box' },
})
