import { boxFillRatio } from '@millrace/kpis/definitions/box-fill-ratio'
import { revenueNet } from '@millrace/kpis/definitions/revenue-net'
import { sessionDurationSeconds } from '@millrace/kpis/definitions/session-duration-seconds'
import { expect, test } from 'vitest'
import { seriesTable } from './series-table.ts'

const date = '2011-11-01'

test.each([
  ['EUR', 120, '120.00'],
  ['JPY', 120, '120'],
  ['KWD', 1.5, '1.500'],
])('money in %s has the decimals of its currency', (currency, value, shown) => {
  expect(seriesTable(revenueNet, [{ date, dimensions: { currency }, value }])).toEqual([
    ['date', 'currency', 'revenue_net'],
    [date, currency, shown],
  ])
})

test('a ratio stands beside what it was made of', () => {
  const point = { date, dimensions: {}, value: 43 / 46, numerator: 43, denominator: 46 }
  expect(seriesTable(boxFillRatio, [point])).toEqual([
    ['date', 'box_fill_ratio', 'of which', 'out of'],
    [date, '0.9348', '43', '46'],
  ])
})

test('an estimate has no more digits than it is worth', () => {
  const point = { date, dimensions: { quantile: '0.5' }, value: 590.311775792392 }
  expect(seriesTable(sessionDurationSeconds, [point])[1]).toEqual([date, '0.5', '590.3'])
})
