import { defineKpi } from '../define-kpi.ts'

export const customerSatisfactionRatio = defineKpi({
  name: 'customer_satisfaction_ratio',
  title: 'Customer satisfaction',
  help: 'Scores of 4 and 5 among all CSAT scores (1 to 5).',
  unit: 'ratio',
  owner: 'support',
  from: 'fact_feedback',
  at: 'occurred_at',
  where: "kind = 'csat'",
  measure: {
    kind: 'ratio',
    numerator: { kind: 'count', where: 'score >= 4' },
    denominator: { kind: 'count' },
  },
  breakdowns: ['country', 'source'],
})
