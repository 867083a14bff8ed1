import { defineKpi } from '../define-kpi.ts'

export const subscriptionChanges = defineKpi({
  name: 'subscription_changes',
  title: 'Subscriptions started, renewed, cancelled',
  help: 'What happened to subscriptions, by the kind of change.',
  unit: 'count',
  owner: 'growth',
  from: 'fact_subscription',
  at: 'occurred_at',
  measure: { kind: 'count' },
  dimensions: { change: { column: 'change', values: ['started', 'renewed', 'cancelled'] } },
  breakdowns: ['country', 'plan', 'source'],
})
