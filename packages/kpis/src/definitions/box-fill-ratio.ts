import { defineKpi } from '../define-kpi.ts'

export const boxFillRatio = defineKpi({
  name: 'box_fill_ratio',
  title: 'Box fill rate',
  help: 'Items packed over items ordered, of the boxes packed on the day.',
  unit: 'ratio',
  owner: 'operations',
  from: 'fact_box',
  day: 'packed_date',
  at: 'packed_at',
  where: 'packed_at is not null and items_ordered > 0',
  measure: {
    kind: 'ratio',
    numerator: { kind: 'sum', column: 'items_packed' },
    denominator: { kind: 'sum', column: 'items_ordered' },
  },
  breakdowns: ['country', 'cycle', 'source'],
})
