import { BoxProgress } from '../box-properties.ts'
import { defineEvent } from '../event-contract.ts'

export const boxSkipped = defineEvent({
  name: 'box_skipped',
  description: 'A box that was due is not sent.',
  activity: false,
  secretOnly: true,
  schema: BoxProgress,
  example: { boxId: 'b-9', reason: 'holiday' },
})
