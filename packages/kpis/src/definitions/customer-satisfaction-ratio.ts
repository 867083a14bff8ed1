import { above, below, defineKpi } from '../define-kpi.ts'

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
  target: above(0.9),
  alerts: [
    {
      ...{ when: below(0.7), severity: 'warning', window: 'last_7d', for: '1h', atLeast: 30 },
      summary: 'Three of ten customers are not satisfied',
      means: 'The answers of a week, so no single bad day, say that something in the shop displeases.',
      lookAt: ['What the low scores have in common: the second query, then their comments.'],
    },
  ],
})
