import { above, below, defineKpi } from '../define-kpi.ts'

export const boxCompleteRatio = defineKpi({
  name: 'box_complete_ratio',
  title: 'Complete boxes',
  help: 'Boxes with every ordered item in them, of the boxes packed on the day.',
  unit: 'ratio',
  owner: 'operations',
  from: 'fact_box',
  day: 'packed_date',
  at: 'packed_at',
  where: 'packed_at is not null and items_ordered > 0',
  measure: {
    kind: 'ratio',
    numerator: { kind: 'count', where: 'items_packed = items_ordered' },
    denominator: { kind: 'count' },
  },
  breakdowns: ['country', 'cycle', 'source'],
  target: above(0.95),
  alerts: [
    {
      ...{ when: below(0.8), severity: 'warning', for: '30m', atLeast: 50 },
      summary: 'Every fifth box lacks something',
      means: 'More customers than usual get a box in which at least one item is missing.',
    },
  ],
})
