import { defineKpi } from '../define-kpi.ts'

export const revenueGross = defineKpi({
  name: 'revenue_gross',
  title: 'Revenue, gross',
  help: 'Amounts of completed orders before refunds, by currency.',
  unit: 'money',
  owner: 'sales',
  from: 'fact_order',
  at: 'completed_at',
  where: 'completed_at is not null',
  measure: { kind: 'sum', column: 'amount_minor' },
  dimensions: { currency: { column: 'currency' } },
  breakdowns: ['country', 'coupon', 'source'],
})
