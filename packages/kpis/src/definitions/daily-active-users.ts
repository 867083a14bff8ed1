import { defineKpi } from '../define-kpi.ts'

export const dailyActiveUsers = defineKpi({
  name: 'daily_active_users',
  title: 'Daily active users',
  help: 'People who did something on the day; bots left out, a visitor who logs in counts once.',
  unit: 'count',
  owner: 'product',
  from: 'fact_person_day',
  measure: { kind: 'distinct_people', days: 1 },
})
