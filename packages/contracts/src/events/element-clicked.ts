import { z } from 'zod'
import { defineEvent } from '../event-contract.ts'
import { textField } from '../field.ts'

export const elementClicked = defineEvent({
  name: 'element_clicked',
  description: 'A person clicked a button, a link or another element.',
  activity: true,
  secretOnly: false,
  schema: z.object({ element: textField(200), text: textField().optional() }),
  example: { element: 'add-to-box', text: 'Add to box' },
})
