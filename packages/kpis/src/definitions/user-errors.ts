import { defineKpi } from '../define-kpi.ts'

export const userErrors = defineKpi({
  name: 'user_errors',
  title: 'User errors',
  help: 'Errors that people met.',
  unit: 'count',
  owner: 'engineering',
  from: 'fact_error',
  at: 'occurred_at',
  measure: { kind: 'count' },
  breakdowns: ['code', 'country', 'severity', 'source'],
})
