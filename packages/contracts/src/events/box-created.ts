import { BoxContents } from '../box-properties.ts'
import { defineEvent } from '../event-contract.ts'

export const boxCreated = defineEvent({
  name: 'box_created',
  description: 'A box is due; its items are what was ordered.',
  activity: false,
  secretOnly: true,
  schema: BoxContents,
  example: {
    boxId: 'b-9',
    subscriptionId: 's-42',
    cycle: '2026-11',
    items: [
      { sku: 'OAT-1L', quantity: 3 },
      { sku: 'RYE-500', quantity: 2 },
    ],
  },
})
