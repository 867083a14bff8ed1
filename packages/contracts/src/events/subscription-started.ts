import { defineEvent } from '../event-contract.ts'
import { SubscriptionProperties } from '../subscription-properties.ts'

export const subscriptionStarted = defineEvent({
  name: 'subscription_started',
  description: 'A person subscribed.',
  activity: true,
  secretOnly: false,
  schema: SubscriptionProperties,
  example: { subscriptionId: 's-42', plan: 'family', amountMinor: 3900, currency: 'EUR', interval: 'month' },
})
