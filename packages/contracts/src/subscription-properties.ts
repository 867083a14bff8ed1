import { z } from 'zod'
import { idField, textField } from './field.ts'
import { AmountMinor, Currency } from './money.ts'

/** What subscription_started and subscription_renewed say of a subscription; `amountMinor` is paid once an interval. */
export const SubscriptionProperties = z.object({
  subscriptionId: idField(),
  plan: textField(100),
  amountMinor: AmountMinor,
  currency: Currency,
  interval: z.enum(['week', 'month', 'year']),
})
export type SubscriptionProperties = z.output<typeof SubscriptionProperties>
