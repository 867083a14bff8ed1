import { defineKpi } from '../define-kpi.ts'

export const signUps = defineKpi({
  name: 'sign_ups',
  title: 'Sign-ups',
  help: 'New accounts, by the channel that brought them.',
  unit: 'count',
  owner: 'growth',
  from: 'fact_sign_up',
  at: 'occurred_at',
  measure: { kind: 'count' },
  dimensions: {
    channel: {
      column: 'channel',
      values: ['direct', 'organic', 'paid', 'social', 'email', 'referral', 'affiliate', 'app', 'unknown'],
    },
  },
  breakdowns: ['country', 'plan', 'method', 'source'],
})
