import { defineKpi } from '../define-kpi.ts'

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
})
