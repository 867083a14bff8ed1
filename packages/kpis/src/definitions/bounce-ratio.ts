import { defineKpi } from '../define-kpi.ts'

export const bounceRatio = defineKpi({
  name: 'bounce_ratio',
  title: 'Bounced sessions',
  help: 'Sessions of a single event among all sessions, on the day they start.',
  unit: 'ratio',
  owner: 'product',
  from: 'fact_session',
  at: 'started_at',
  measure: {
    kind: 'ratio',
    numerator: { kind: 'count', where: { events: 1 } },
    denominator: { kind: 'count' },
  },
  breakdowns: ['source', 'kind'],
})
