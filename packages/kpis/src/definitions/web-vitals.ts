import { defineKpi } from '../define-kpi.ts'

export const webVitals = defineKpi({
  name: 'web_vitals',
  title: 'Web vitals',
  help: 'How fast pages felt, as browsers measured it: milliseconds, CLS without a unit.',
  unit: 'count',
  owner: 'engineering',
  from: 'fact_web_vital',
  at: 'occurred_at',
  measure: { kind: 'percentile', column: 'value', quantiles: [0.5, 0.75, 0.95] },
  dimensions: { name: { column: 'name', values: ['CLS', 'FCP', 'FID', 'INP', 'LCP', 'TTFB'] } },
  breakdowns: ['country', 'rating', 'source'],
})
