import { defineEvent } from '../event-contract.ts'
import { SubscriptionProperties } from '../subscription-properties.ts'

export const subscriptionRenewed = defineEvent({
  name: 'subscription_renewed',
  description: 'A subscription went on for another interval.',
  activity: false,
  secretOnly: false,
  schema: SubscriptionProperties,
  example: { subscriptionId: 's-42', plan: 'family', amountMinor: 3900, currency: 'EUR', interval: 'month' },
})
