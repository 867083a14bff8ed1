import { above, defineKpi } from '../define-kpi.ts'

export const orderProcessingSeconds = defineKpi({
  name: 'order_processing_seconds',
  title: 'Order processing time',
  help: 'From placing (else completing) an order to its fulfilment, on the day of the fulfilment.',
  unit: 'seconds',
  owner: 'operations',
  from: 'fact_order',
  day: 'fulfilled_date',
  at: 'fulfilled_at',
  where: 'processing_seconds is not null',
  measure: { kind: 'percentile', column: 'processing_seconds', quantiles: [0.5, 0.95] },
  breakdowns: ['country', 'source'],
  alerts: [
    {
      ...{ when: above(3 * 86_400), severity: 'error', for: '1h', only: { quantile: '0.95' } },
      summary: 'One order in twenty waits for more than three days',
      means: 'Orders are fulfilled late, or their fulfilment is told late.',
      lookAt: ['Which orders waited longest: the second query.'],
    },
  ],
})
