import { z } from 'zod'
import { defineEvent } from '../event-contract.ts'
import { idField, textField } from '../field.ts'

export const subscriptionCancelled = defineEvent({
  name: 'subscription_cancelled',
  description: 'A person ended a subscription.',
  activity: true,
  secretOnly: false,
  schema: z.object({ subscriptionId: idField(), reason: textField().optional() }),
  example: { subscriptionId: 's-42', reason: 'moving away' },
})
