import { BoxContents } from '../box-properties.ts'
import { defineEvent } from '../event-contract.ts'

export const boxPacked = defineEvent({
  name: 'box_packed',
  description: 'A box was packed; its items are what is really in it.',
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
