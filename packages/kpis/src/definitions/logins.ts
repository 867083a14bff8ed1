import { defineKpi } from '../define-kpi.ts'

export const logins = defineKpi({
  name: 'logins',
  title: 'Log-ins',
  help: 'Successful log-ins.',
  unit: 'count',
  owner: 'product',
  from: 'fact_login',
  at: 'occurred_at',
  measure: { kind: 'count' },
  breakdowns: ['country', 'method', 'source'],
})
