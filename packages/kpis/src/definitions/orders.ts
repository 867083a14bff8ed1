import { defineKpi } from '../define-kpi.ts'

export const orders = defineKpi({
  name: 'orders',
  title: 'Orders',
  help: 'Completed orders, each once, on the day of its completion.',
  unit: 'count',
  owner: 'sales',
  from: 'fact_order',
  at: 'completed_at',
  where: 'completed_at is not null',
  measure: { kind: 'count' },
  breakdowns: ['country', 'currency', 'coupon', 'source'],
})
