import { describe, expect, test } from 'vitest'
import type { AlertInput } from './alert.ts'
import { above, below, defineDifference, defineKpi } from './define-kpi.ts'
import { evaluate } from './evaluate.ts'
import { contributions } from './sql/contributions.ts'

const described = {
  name: 'orders_seen',
  title: 'Orders seen',
  help: 'H.',
  owner: 'tests',
  unit: 'count',
} as const
const large = {
  ...described,
  unit: 'ratio',
  from: 'fact_order',
  at: 'completed_at',
  measure: {
    kind: 'ratio',
    numerator: { kind: 'count', where: { amount_minor: { over: 5000 } } },
    denominator: { kind: 'count' },
  },
} as const
const alert = (given: Partial<AlertInput> = {}): { readonly alerts: readonly AlertInput[] } => ({
  alerts: [{ when: below(0.2), atLeast: 20, severity: 'warning', means: 'Carts are small.', ...given }],
})

test('a column that the fact table does not have is a compile error, and an error of a definition that is not compiled', () => {
  expect(() =>
    defineKpi({
      ...{ ...described, from: 'fact_order' },
      // @ts-expect-error fact_order has no such moment
      at: 'delivered_at',
      measure: { kind: 'count' },
    }),
  ).toThrow(/orders_seen: at: fact_order has no such column delivered_at, expected one of placed_at/)
  expect(() =>
    // @ts-expect-error a currency cannot be added up
    defineKpi({ ...described, from: 'fact_order', measure: { kind: 'sum', column: 'currency' } }),
  ).toThrow(/measure: fact_order has no such column currency, expected one of amount_minor/)
  expect(() =>
    defineKpi({
      ...{ ...described, from: 'fact_login', measure: { kind: 'count' } },
      // @ts-expect-error log-ins have no currency
      dimensions: { currency: { column: 'currency' } },
    }),
  ).toThrow(/dimension currency: fact_login has no such column/)
  expect(() =>
    defineKpi({
      ...{ ...described, from: 'fact_order', measure: { kind: 'count' } },
      // @ts-expect-error orders have no score
      where: { score: 5 },
    }),
  ).toThrow(/where: fact_order has no such column score/)
  expect(() =>
    defineKpi({
      ...{ ...described, from: 'fact_order' },
      // @ts-expect-error people are counted from their days alone
      measure: { kind: 'distinct_people', days: 7 },
    }),
  ).toThrow(/distinct_people needs from: fact_person_day/)
})

test('a filter becomes the SQL that one would write by hand', () => {
  const kpi = defineKpi({
    ...{ ...described, from: 'fact_order', measure: { kind: 'count' } },
    where: {
      ...{ currency: 'EUR', completed_at: { not: null }, fulfilled_at: null, coupon: { not: "O'Neill" } },
      ...{
        country: { in: ['AT', 'DE'] },
        amount_minor: { atLeast: 100 },
        processing_seconds: { under: 3.5 },
      },
    },
  })
  expect(kpi.where).toBe(
    "currency = 'EUR' and completed_at is not null and fulfilled_at is null and coupon <> 'O''Neill' and " +
      "country in ('AT', 'DE') and amount_minor >= 100 and processing_seconds < 3.5",
  )
  expect(contributions(defineKpi(large), { relation: 'f' })).toContain('filter (where amount_minor > 5000)')
})

describe('money', () => {
  const money = { ...described, unit: 'money', from: 'fact_order' } as const
  const sum = { kind: 'sum', column: 'amount_minor' } as const
  const currency = { column: 'currency' } as const

  test('without its currency is refused, also in a difference', () => {
    const refusal = /orders_seen: unit: money needs dimensions: \{ currency: \{ column: 'currency' \} \}/
    expect(() => defineKpi({ ...money, measure: sum })).toThrow(refusal)
    const count = defineKpi({ ...described, from: 'fact_order', measure: { kind: 'count' } })
    expect(() =>
      defineDifference({ ...described, unit: 'money', minuend: count, subtrahend: count }),
    ).toThrow(refusal)
  })

  test('is held against an amount of one currency', () => {
    const declare = (only: Record<string, string>) =>
      defineKpi({
        ...{ ...money, measure: sum, at: 'completed_at', dimensions: { currency } },
        alerts: [{ when: below(100), severity: 'critical', only, means: 'M.' }],
      })
    expect(() => declare({})).toThrow(/only: expected \{ currency: 'EUR' \}/)
    expect(declare({ currency: 'EUR' }).alerts).toMatchObject([{ window: 'last_24h', for: '15m' }])
  })
})

test('a dimension that nothing bounds declares its values', () => {
  const byCoupon = { ...described, from: 'fact_order', measure: { kind: 'count' } } as const
  expect(() => defineKpi({ ...byCoupon, dimensions: { coupon: { column: 'coupon' } } })).toThrow(
    /dimension coupon: expected values/,
  )
  expect(() => defineKpi({ ...byCoupon, dimensions: { window: { column: 'country' } } })).toThrow(
    /dimension window/,
  )
  defineKpi({ ...byCoupon, dimensions: { coupon: { column: 'coupon', values: ['NEW'] } } })
})

test.each<[string, Partial<AlertInput>, RegExp]>([
  ['for a time that is none', { for: '15 min' as '15m' }, /for: expected 15m, 2h or 1d/],
  ['of a severity that is none', { severity: 'fatal' as 'error' }, /severity: expected info, warning/],
  ['on a ratio of any volume', { atLeast: 0 }, /atLeast: expected the least denominator/],
  ['on a label that is none', { only: { country: 'AT' } }, /only: expected one of none/],
  ['without a meaning', { means: ' ' }, /means: expected a text/],
  ['on no number', { when: above(Number.NaN) }, /expected a number/],
])('an alert %s is refused', (_, given, message) => {
  expect(() => defineKpi({ ...large, ...alert(given) })).toThrow(message)
})

test('an alert that every midnight would ring is refused', () => {
  const count = { ...described, from: 'fact_order', at: 'completed_at', measure: { kind: 'count' } } as const
  const today = { when: below(5), severity: 'error', window: 'today', means: 'M.' } as const
  expect(() => defineKpi({ ...count, alerts: [today] })).toThrow(/today begins at nothing every midnight/)
  expect(() =>
    defineKpi({
      ...described,
      from: 'fact_person_day',
      measure: { kind: 'distinct_people', days: 7 },
      alerts: [{ ...today, window: 'last_24h' }],
    }),
  ).toThrow(/window: expected one of today, yesterday/)
})

test('two alerts of one KPI have different severities, and so different names', () => {
  const [one] = alert().alerts
  expect(() => defineKpi({ ...large, alerts: [one, one].flatMap((each) => each ?? []) })).toThrow(
    /two would be named OrdersSeenBelowWarning/,
  )
})

test('the last value is that of the latest second, whatever the order of the rows', () => {
  const score = defineKpi({
    ...{ ...described, from: 'fact_feedback', at: 'occurred_at' },
    measure: { kind: 'last', column: 'score' },
  })
  const row = (bucket: number, numerator: string, denominator = '1') => ({
    ...{ kpi: 'orders_seen', dimensions: {}, entries: 1 },
    ...{ bucket, numerator, denominator },
  })
  expect(evaluate(score, [row(9, '4'), row(7, '1'), row(9, '3'), row(12, '0', '0')])).toEqual([
    { dimensions: {}, value: 3.5 },
  ])
  expect(evaluate(score, [row(12, '0', '0')])).toEqual([])
})
