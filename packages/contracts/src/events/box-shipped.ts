import { BoxProgress } from '../box-properties.ts'
import { defineEvent } from '../event-contract.ts'

export const boxShipped = defineEvent({
  name: 'box_shipped',
  description: 'A box was handed to its carrier.',
  activity: false,
  secretOnly: true,
  schema: BoxProgress,
  example: { boxId: 'b-9', carrier: 'post' },
})
