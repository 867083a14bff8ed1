import { defineKpi } from '../define-kpi.ts'

export const sessionDurationSeconds = defineKpi({
  name: 'session_duration_seconds',
  title: 'Session duration',
  help: 'From the first to the last event of a session, on the day it starts.',
  unit: 'seconds',
  owner: 'product',
  from: 'fact_session',
  at: 'started_at',
  measure: { kind: 'percentile', column: 'duration_seconds', quantiles: [0.5, 0.95] },
  breakdowns: ['source', 'kind'],
})
