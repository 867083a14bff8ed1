import { defineKpi } from '../define-kpi.ts'

export const netPromoterScore = defineKpi({
  name: 'net_promoter_score',
  title: 'Net promoter score',
  help: 'Promoters (9 and 10) less detractors (0 to 6), over all NPS answers: from -1 to 1.',
  unit: 'ratio',
  owner: 'support',
  from: 'fact_feedback',
  at: 'occurred_at',
  where: { kind: 'nps' },
  measure: {
    kind: 'ratio',
    numerator: { kind: 'count', where: { score: { atLeast: 9 } }, less: { score: { atMost: 6 } } },
    denominator: { kind: 'count' },
  },
  breakdowns: ['country', 'source'],
})
