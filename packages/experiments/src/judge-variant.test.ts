import { expect, test } from 'vitest'
import type { Metric } from './define-experiment.ts'
import { judgeVariant } from './judge-variant.ts'
import { percent, sayComparison } from './say-comparison.ts'
import { proportionSample } from './statistics/sample.ts'

const ORDERS: Metric = { kind: 'conversion', name: 'orders', title: 'Orders', event: 'order_completed' }
const ERRORS: Metric = {
  ...{ kind: 'conversion', name: 'errors', title: 'Errors', event: 'error_occurred' },
  ...{ better: 'less', guardrail: { margin: 0.1 } },
}
const CHANCES = { alpha: 0.05, tightestAt: 10_000, comparisons: 1 }

const arm = (variant: string, active: number, persons: number) => ({
  ...proportionSample(active, persons),
  ...{ variant, label: '', active, cut: 0 },
})
const judge = (metric: Metric, one: readonly [number, number], other: readonly [number, number]) =>
  judgeVariant(metric, { control: arm('a', ...one), treatment: arm('b', ...other) }, CHANCES)
const say = (metric: Metric, one: readonly [number, number], other: readonly [number, number]) =>
  sayComparison(judge(metric, one, other), {
    ...{ title: metric.title, control: 'a', margin: metric.guardrail?.margin },
  })

test.each([
  ['better', ORDERS, [500, 5000], [650, 5000]],
  ['worse', ORDERS, [650, 5000], [500, 5000]],
  ['not_shown', ORDERS, [500, 5000], [510, 5000]],
  ['too_early', ORDERS, [9, 99], [20, 99]],
  ['too_early', ORDERS, [3, 5000], [14, 5000]],
  ['too_early', ORDERS, [4998, 5000], [4999, 5000]],
  ['broken', ERRORS, [500, 5000], [800, 5000]],
  ['not_shown', ERRORS, [500, 5000], [580, 5000]],
  ['held', ERRORS, [5000, 50_000], [4900, 50_000]],
  ['held', ERRORS, [500, 5000], [300, 5000]],
] as const)('%s', (verdict, metric, one, other) => {
  expect(judge(metric, one, other).verdict).toBe(verdict)
})

test('a variant in which nobody can order any more is said to be worse, though it has no uplift', () => {
  const found = judge(ORDERS, [500, 5000], [0, 5000])
  expect(found.uplift).toBe(undefined)
  expect(found.verdict).toBe('worse')
  expect(say(ORDERS, [500, 5000], [0, 5000])).toMatch(/^b is worse than a: Orders -0\.100 more a person/)
})

test('errors where there were none break the guardrail', () => {
  expect(judge(ERRORS, [0, 5000], [200, 5000]).verdict).toBe('broken')
})

test('of two variants each has half of alpha: wider intervals, p-values twice as large', () => {
  const [control, treatment] = [arm('a', 500, 5000), arm('b', 560, 5000)]
  const alone = judgeVariant(ORDERS, { control, treatment }, CHANCES)
  const ofTwo = judgeVariant(ORDERS, { control, treatment }, { ...CHANCES, comparisons: 2 })
  expect(ofTwo.fixed.pValue).toBeCloseTo(2 * alone.fixed.pValue, 12)
  expect(ofTwo.fixed.low).toBeLessThan(alone.fixed.low)
  expect(ofTwo.uplift?.high).toBeGreaterThan(alone.uplift?.high ?? 0)
})

test.each([
  [
    ORDERS,
    [500, 5000],
    [650, 5000],
    /^b is better than a: Orders \+30\.0 % \(between \+9\.7 % and \+54\.1 %\)\.$/,
  ],
  [ERRORS, [500, 5000], [800, 5000], /^b breaks the guardrail: .* against a, worse by more than 10 %\.$/],
  [ERRORS, [500, 5000], [300, 5000], /^b holds the guardrail: .* against a, not worse by more than 10 %\.$/],
  [
    ORDERS,
    [500, 5000],
    [510, 5000],
    /^Nothing is shown between b and a: .* after some \d+,\d{3} more persons\.$/,
  ],
  [ORDERS, [500_000, 1e6], [500_010, 1e6], /A change of 5 % would be shown by now in 80 of 100 cases\.$/],
  [ORDERS, [0, 99], [0, 99], /^Too early to say anything of Orders: each variant needs 100 persons/],
] as const)('what is said in words (%#)', (metric, one, other, sentence) => {
  expect(say(metric, one, other)).toMatch(sentence)
})

test('a change is written with its sign', () => {
  expect([0.0451, -0.2, 0.0004, 0].map(percent)).toEqual(['+4.5 %', '-20.0 %', '+0.04 %', '0.00 %'])
})
