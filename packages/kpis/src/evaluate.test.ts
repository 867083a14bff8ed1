import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defineDifference, defineKpi } from './define-kpi.ts'
import { evaluate } from './evaluate.ts'

const described = { title: 'T', help: 'H.', owner: 'tests' } as const
const gross = defineKpi({
  ...described,
  ...{ name: 'gross', unit: 'money', from: 'fact_order' },
  measure: { kind: 'sum', column: 'amount_minor' },
  dimensions: { currency: { column: 'currency' } },
})
const refunds = { ...gross, name: 'refunds' }
const net = defineDifference({
  ...{ ...described, name: 'net', unit: 'money' },
  ...{ minuend: gross, subtrahend: refunds },
})
const durations = defineKpi({
  ...described,
  ...{ name: 'durations', unit: 'seconds', from: 'fact_session' },
  measure: { kind: 'percentile', column: 'duration_seconds', quantiles: [0.5, 0.95] },
})

const total = (given: object) => ({
  ...{ kpi: 'gross', dimensions: {}, bucket: 0, entries: 1, numerator: '0', denominator: '0' },
  ...given,
})

/** As warehouse.percentile_bucket does it. */
const bucketOf = (value: number): number =>
  value <= 0 ? -2147483648 : Math.ceil(Math.log(value) / Math.log(1.02 / 0.98))

describe('percentiles', () => {
  test('are at most 2 % off the value of their rank', () => {
    const values = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1e8, noNaN: true })), {
      minLength: 1,
      maxLength: 200,
    })
    fc.assert(
      fc.property(values, (given) => {
        const sorted = [...given].sort((a, b) => a - b)
        const totals = given.map((value) => total({ kpi: 'durations', bucket: bucketOf(value) }))
        for (const { value, dimensions } of evaluate(durations, totals)) {
          const exact = sorted[Math.ceil(Number(dimensions.quantile) * sorted.length) - 1] ?? Number.NaN
          expect(Math.abs(value - exact)).toBeLessThanOrEqual(0.02 * exact * (1 + 1e-9))
        }
      }),
    )
  })
})

describe('money', () => {
  const amounts = fc.array(fc.integer({ min: 0, max: 1e12 }), { minLength: 1, maxLength: 50 })

  test.each([
    ['EUR', 2],
    ['JPY', 0],
    ['KWD', 3],
  ])('in %s is exact: the nearest number to the decimal one', (currency, exponent) => {
    fc.assert(
      fc.property(amounts, (given) => {
        const rows = given.map((minor) => total({ dimensions: { currency }, numerator: String(minor) }))
        const sum = given.reduce((all, minor) => all + BigInt(minor), 0n)
        const digits = String(sum).padStart(exponent + 1, '0')
        const decimal = exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
        expect(evaluate(gross, rows)).toEqual([
          { dimensions: { currency }, value: Number(decimal), valueMinor: Number(sum) },
        ])
      }),
    )
  })

  test('net is gross less refunds, exactly, below zero too and where one of them is missing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e12 })), amounts, (sold, refunded) => {
        const row = (kpi: string) => (minor: number) =>
          total({ kpi, dimensions: { currency: 'EUR' }, numerator: String(minor) })
        const [found] = evaluate(net, [...sold.map(row('gross')), ...refunded.map(row('refunds'))])
        const sum = (list: readonly number[]) => list.reduce((all, one) => all + one, 0)
        expect(found?.valueMinor).toBe(sum(sold) - sum(refunded))
      }),
    )
  })

  test('currencies are never added up', () => {
    const rows = ['EUR', 'JPY', 'EUR'].map((currency) =>
      total({ dimensions: { currency }, numerator: '100' }),
    )
    expect(evaluate(gross, rows).map(({ dimensions, value }) => [dimensions.currency, value])).toEqual([
      ['EUR', 2],
      ['JPY', 100],
    ])
  })
})

test('a ratio without a denominator has no value, and days are added up before they are divided', () => {
  const ratio = defineKpi({
    ...described,
    ...{ name: 'r', unit: 'ratio', from: 'fact_feedback' },
    measure: { kind: 'ratio', numerator: { kind: 'count' }, denominator: { kind: 'count' } },
  })
  expect(evaluate(ratio, [total({ kpi: 'r' })])).toEqual([])
  const days = [
    total({ kpi: 'r', numerator: '1', denominator: '1' }),
    total({ kpi: 'r', numerator: '0', denominator: '3' }),
  ]
  expect(evaluate(ratio, days)).toMatchObject([{ value: 0.25, numerator: 1, denominator: 4 }])
})
