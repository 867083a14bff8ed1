import { defineKpi } from '../define-kpi.ts'

export const emptySearchRatio = defineKpi({
  name: 'empty_search_ratio',
  title: 'Searches without a result',
  help: 'Searches that found nothing, among those that say how much they found; bots left out.',
  unit: 'ratio',
  owner: 'product',
  from: 'fact_event',
  at: 'occurred_at',
  where: "event = 'search_performed' and excluded_reason is null and properties ->> 'results' is not null",
  measure: {
    kind: 'ratio',
    numerator: { kind: 'count', where: "properties ->> 'results' = '0'" },
    denominator: { kind: 'count' },
  },
  breakdowns: ['country', 'source'],
})
