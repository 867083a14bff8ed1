import { defineKpi } from '../define-kpi.ts'

export const weeklyActiveUsers = defineKpi({
  name: 'weekly_active_users',
  title: 'Weekly active users',
  help: 'People who did something in the 7 days that end with the day; bots left out, a visitor who logs in counts once.',
  unit: 'count',
  owner: 'product',
  from: 'fact_person_day',
  measure: { kind: 'distinct_people', days: 7 },
})
