import { z } from 'zod'
import { defineEvent } from '../event-contract.ts'
import { idField } from '../field.ts'

export const experimentViewed = defineEvent({
  name: 'experiment_viewed',
  description: 'A person was shown a variant of an experiment.',
  activity: false,
  secretOnly: false,
  schema: z.object({ experimentId: idField(), variantId: idField() }),
  example: { experimentId: 'checkout-copy', variantId: 'b' },
})
