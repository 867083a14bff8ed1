import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alwaysValidCritical, alwaysValidP } from './always-valid.ts'
import { compareMeans } from './compare-means.ts'
import { compareProportions } from './compare-proportions.ts'
import { normalQuantile } from './distributions.ts'
import { relativeUplift } from './relative-uplift.ts'
import { proportionSample, type Sample } from './sample.ts'
import { checkSampleRatio } from './sample-ratio.ts'

const proportion = fc
  .tuple(fc.integer({ min: 2, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([persons, share]) => proportionSample(Math.round(persons * share), persons))
const sample: fc.Arbitrary<Sample> = fc.record({
  persons: fc.integer({ min: 2, max: 1_000_000 }),
  sum: fc.double({ min: 0, max: 1e9, noNaN: true }),
  variance: fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
})
const alpha = fc.constantFrom(0.1, 0.05, 0.01, 0.001)

describe.each([
  ['proportions', compareProportions, proportion],
  ['means', compareMeans, sample],
] as const)('two %s', (_, compare, any) => {
  test('the other way round is the same with the other sign', () => {
    fc.assert(
      fc.property(any, any, alpha, (one, other, level) => {
        const there = compare(one, other, level)
        const back = compare(other, one, level)
        expect(back.difference).toBeCloseTo(-there.difference, 12)
        expect(back.pValue).toBeCloseTo(there.pValue, 12)
        expect(Math.abs(back.low + there.high)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(there.high)))
      }),
    )
  })

  test('a p-value is a probability, the estimate is in its interval, and more certainty is wider', () => {
    fc.assert(
      fc.property(any, any, (one, other) => {
        const found = compare(one, other, 0.05)
        const surer = compare(one, other, 0.01)
        expect(found.pValue).toBeGreaterThanOrEqual(0)
        expect(found.pValue).toBeLessThanOrEqual(1 + 1e-12)
        expect(found.low).toBeLessThanOrEqual(found.difference)
        expect(found.high).toBeGreaterThanOrEqual(found.difference)
        expect(surer.low).toBeLessThanOrEqual(found.low)
        expect(surer.high).toBeGreaterThanOrEqual(found.high)
      }),
    )
  })
})

test('an uplift does not depend on the unit, and its error neither', () => {
  const sold = sample.filter(({ persons, sum }) => sum > persons)
  fc.assert(
    fc.property(sold, sold, fc.constantFrom(0.01, 100), (control, treatment, factor) => {
      const inUnit = ({ persons, sum, variance }: Sample) => ({
        ...{ persons, sum: sum * factor, variance: variance * factor ** 2 },
      })
      const found = relativeUplift(control, treatment)
      const other = relativeUplift(inUnit(control), inUnit(treatment))
      const near = (value = 0, wanted = 0) =>
        expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(wanted)))
      near(other?.estimate, found?.estimate)
      near(other?.logError, found?.logError)
    }),
  )
})

test('an always-valid p is below alpha exactly when the interval leaves 0 out, and the interval is wider than that of one look', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -12, max: 12, noNaN: true }),
      fc.integer({ min: 2, max: 1e8 }),
      alpha,
      fc.integer({ min: 100, max: 1e6 }),
      (z, persons, level, tightestAt) => {
        const plan = { alpha: level, tightestAt }
        const critical = alwaysValidCritical(persons, plan)
        fc.pre(Math.abs(Math.abs(z) - critical) > 1e-9)
        expect(alwaysValidP(z, persons, plan) < level).toBe(Math.abs(z) > critical)
        expect(critical).toBeGreaterThan(normalQuantile(1 - level / 2))
      },
    ),
  )
})

test('the split as planned has p 1, whatever the shares add up to; the order of variants does not matter', () => {
  const shares = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 5 })
  fc.assert(
    fc.property(shares, fc.integer({ min: 1, max: 1000 }), (planned, times) => {
      const asPlanned = planned.map((share) => ({ persons: share * times, expectedShare: share / 7 }))
      expect(checkSampleRatio(asPlanned).pValue).toBeCloseTo(1, 9)
      const uneven = asPlanned.map((arm, index) => ({ ...arm, persons: arm.persons + index }))
      const { chiSquare } = checkSampleRatio(uneven)
      expect(checkSampleRatio(uneven.toReversed()).chiSquare).toBeCloseTo(chiSquare, 9)
    }),
  )
})
