import { defineKpi } from '../define-kpi.ts'

export const sessions = defineKpi({
  name: 'sessions',
  title: 'Sessions',
  help: 'Visits, on the day they start; 30 minutes without activity end one, 24 hours split one.',
  unit: 'count',
  owner: 'product',
  from: 'fact_session',
  at: 'started_at',
  measure: { kind: 'count' },
  breakdowns: ['source', 'kind'],
})
