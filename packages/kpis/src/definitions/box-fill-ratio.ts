import { above, below, defineKpi } from '../define-kpi.ts'

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
  target: above(0.98),
  alerts: [
    {
      ...{ when: below(0.95), severity: 'warning', for: '30m', atLeast: 100 },
      summary: 'Boxes leave less than 95 % full',
      means: 'Of a hundred ordered items more than five are missing when the box is closed.',
      lookAt: ['Which items are missing: the second query, and the stock of their skus.'],
    },
    {
      ...{ when: below(0.8), severity: 'critical', atLeast: 100 },
      summary: 'Boxes leave less than 80 % full',
      means: 'Every fifth item is missing. Stop packing before more such boxes are shipped.',
      lookAt: ['Whether a delivery is missing, or box_packed is sent without its items: the second query.'],
    },
  ],
})
