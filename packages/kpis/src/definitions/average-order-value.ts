import { defineKpi } from '../define-kpi.ts'

export const averageOrderValue = defineKpi({
  name: 'average_order_value',
  title: 'Average order value',
  help: 'Gross revenue over completed orders, by currency.',
  unit: 'money',
  owner: 'sales',
  from: 'fact_order',
  at: 'completed_at',
  where: 'completed_at is not null',
  measure: {
    kind: 'ratio',
    numerator: { kind: 'sum', column: 'amount_minor' },
    denominator: { kind: 'count' },
  },
  dimensions: { currency: { column: 'currency' } },
  breakdowns: ['country', 'coupon', 'source'],
})
