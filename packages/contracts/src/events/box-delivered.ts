import { BoxProgress } from '../box-properties.ts'
import { defineEvent } from '../event-contract.ts'

export const boxDelivered = defineEvent({
  name: 'box_delivered',
  description: 'A box arrived.',
  activity: false,
  secretOnly: true,
  schema: BoxProgress,
  example: { boxId: 'b-9', carrier: 'post' },
})
