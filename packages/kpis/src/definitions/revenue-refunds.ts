import { defineKpi } from '../define-kpi.ts'

export const revenueRefunds = defineKpi({
  name: 'revenue_refunds',
  title: 'Refunds',
  help: 'Refunded amounts, as positive numbers, on the day of the refund, by currency.',
  unit: 'money',
  owner: 'sales',
  from: 'fact_refund',
  at: 'occurred_at',
  measure: { kind: 'sum', column: 'amount_minor' },
  dimensions: { currency: { column: 'currency' } },
  breakdowns: ['country', 'reason', 'source'],
})
