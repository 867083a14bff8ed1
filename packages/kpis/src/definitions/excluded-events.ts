import { defineKpi } from '../define-kpi.ts'

export const excludedEvents = defineKpi({
  name: 'excluded_events',
  title: 'Excluded events',
  help: 'Events that count for no KPI, by the reason: what kind of bot sent them, or that they are canaries.',
  unit: 'count',
  owner: 'data',
  from: 'fact_event',
  at: 'occurred_at',
  where: 'excluded_reason is not null',
  measure: { kind: 'count' },
  dimensions: { reason: { column: 'excluded_reason' } },
  breakdowns: ['country', 'event', 'source'],
})
