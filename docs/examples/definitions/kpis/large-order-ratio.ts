import { below, defineKpi } from 'millrace/kpis'

export const largeOrderRatio = defineKpi({
  name: 'large_order_ratio',
  title: 'Large orders',
  help: 'Orders above 50 EUR among all completed orders in EUR.',
  unit: 'ratio',
  owner: 'sales',
  from: 'fact_order',
  at: 'completed_at',
  where: { currency: 'EUR', completed_at: { not: null } },
  measure: {
    kind: 'ratio',
    numerator: { kind: 'count', where: { amount_minor: { over: 5000 } } },
    denominator: { kind: 'count' },
  },
  dimensions: { country: { column: 'country' } },
  alerts: [{ when: below(0.2), severity: 'warning', atLeast: 20, means: 'Carts became smaller.' }],
})
