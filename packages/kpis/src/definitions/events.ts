import { defineKpi } from '../define-kpi.ts'
import { eventLabels } from '../event-labels.ts'

export const events = defineKpi({
  name: 'events',
  title: 'Events',
  help: 'Events by name; bots left out.',
  unit: 'count',
  owner: 'data',
  from: 'fact_event',
  at: 'occurred_at',
  where: 'excluded_reason is null',
  measure: { kind: 'count' },
  dimensions: { type: { column: 'event', values: eventLabels } },
  breakdowns: ['country', 'device_key', 'source'],
})
