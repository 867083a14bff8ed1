import { defineExperiment } from 'millrace/experiments'

export const checkoutCopy = defineExperiment({
  id: 'checkout-copy',
  title: 'A shorter text on the checkout',
  variants: { a: 0.5, b: 0.5 },
  control: 'a',
  metrics: [
    {
      kind: 'conversion',
      name: 'orders',
      title: 'Persons who ordered',
      event: 'order_completed',
      withinDays: 7,
    },
    { kind: 'revenue', name: 'revenue', title: 'Revenue per person', currency: 'EUR', winsoriseAt: 0.99 },
    {
      ...{ kind: 'count', name: 'errors', title: 'Errors per person', event: 'error_occurred' },
      ...{ better: 'less', guardrail: { margin: 0.05 } },
    },
  ],
})
