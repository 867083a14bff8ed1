import { expect, test } from 'vitest'
import { evaluateWindows } from './evaluate-windows.ts'
import type { Kpi } from './kpi.ts'
import type { TotalRow } from './read-totals.ts'

const row = (given: Partial<TotalRow>): TotalRow => ({
  ...{
    kpi: 'k',
    date: '2026-11-20',
    dimensions: {},
    bucket: 0,
    entries: 1,
    numerator: '0',
    denominator: '0',
  },
  ...given,
})
const kpi = (given: object): Kpi =>
  ({
    ...{
      name: 'k',
      title: 'K',
      help: 'K.',
      unit: 'count',
      owner: 'o',
      from: 'fact_error',
      day: 'business_date',
    },
    ...{ measure: { kind: 'count' }, dimensions: {}, breakdowns: [], alerts: [] },
    ...given,
  }) as Kpi

test('several undeclared values become one other, and all declared combinations are there', () => {
  const two = kpi({
    dimensions: { b: { column: 'code', values: ['x', 'y'] }, a: { column: 'source', values: ['web'] } },
  })
  const rows = [
    row({ dimensions: { a: 'web', b: 'z' }, entries: 2 }),
    row({ dimensions: { a: 'web', b: 'w' }, entries: 3 }),
    row({ dimensions: { a: 'tv', b: 'x' }, entries: 4 }),
    row({ dimensions: { a: 'web', b: 'x' }, entries: 5 }),
    row({ kpi: 'another', entries: 99 }),
  ]
  const readings = evaluateWindows(two, new Map([['day', rows]])).get('day')
  expect(readings?.map(({ dimensions: { a, b }, value }) => `${a} ${b} ${value}`)).toEqual([
    'other x 4',
    'web other 5',
    'web x 5',
    'web y 0',
  ])
})

test('a ratio is folded by its sums, never by its quotients', () => {
  const ratio = kpi({
    ...{
      unit: 'ratio',
      measure: { kind: 'ratio', numerator: { kind: 'count' }, denominator: { kind: 'count' } },
    },
    dimensions: { source: { column: 'source', values: ['web'] } },
  })
  const rows = [
    row({ dimensions: { source: 'a' }, numerator: '1', denominator: '1' }),
    row({ dimensions: { source: 'b' }, numerator: '1', denominator: '3' }),
  ]
  expect(evaluateWindows(ratio, new Map([['day', rows]])).get('day')).toEqual([
    { dimensions: { source: 'other' }, value: 0.5, numerator: 2, denominator: 4 },
    { dimensions: { source: 'web' }, numerator: 0, denominator: 0 },
  ])
})

test('a series with data in one window is 0 in the others', () => {
  const money = kpi({
    ...{
      unit: 'money',
      measure: { kind: 'sum', column: 'amount_minor' },
      dimensions: { currency: { column: 'currency' } },
    },
  })
  const windows = new Map([
    ['today', []],
    ['week', [row({ dimensions: { currency: 'KWD' }, numerator: '1234' })]],
  ])
  const readings = evaluateWindows(money, windows)
  expect(readings.get('today')).toEqual([{ dimensions: { currency: 'KWD' }, value: 0, valueMinor: 0 }])
  expect(readings.get('week')).toEqual([{ dimensions: { currency: 'KWD' }, value: 1.234, valueMinor: 1234 }])
})

test('a sum over a column with decimals keeps them', () => {
  const seconds = kpi({ unit: 'seconds', measure: { kind: 'sum', column: 'duration_seconds' } })
  const rows = [row({ numerator: '12.5' }), row({ numerator: '0.25' })]
  expect(evaluateWindows(seconds, new Map([['day', rows]])).get('day')).toEqual([
    { dimensions: {}, value: 12.75 },
  ])
})
