import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { alwaysValidCritical, alwaysValidP } from './always-valid.ts'
import { compareMeans } from './compare-means.ts'
import { compareProportions } from './compare-proportions.ts'
import * as distributions from './distributions.ts'
import { detectableEffect, personsNeeded, powerOf } from './power.ts'
import { relativeUplift, upliftInterval } from './relative-uplift.ts'
import { proportionSample, type Sample } from './sample.ts'
import { checkSampleRatio } from './sample-ratio.ts'

type Pair = readonly [number, number]
type Triple = readonly [number, number, number]
type Numbers<Name extends string> = Readonly<Record<Name, number>>
type Two<T> = { readonly control: T; readonly treatment: T }

/** What SciPy, statsmodels and mpmath answer: test/support/experiment-answers.py writes it. */
interface Answers {
  readonly distributions: Readonly<
    Record<'normalTwoSided' | 'normalQuantile', readonly Pair[]> &
      Record<'studentTwoSided' | 'studentCritical' | 'chiSquareAbove', readonly Triple[]>
  >
  readonly proportions: readonly (Two<Pair> & Numbers<'alpha' | 'difference' | 'z' | 'p' | 'low' | 'high'>)[]
  readonly means: readonly (Two<Sample> & Numbers<'alpha' | 't' | 'df' | 'p' | 'low' | 'high'>)[]
  readonly sampleRatios: readonly ({
    readonly persons: readonly number[]
    readonly shares: readonly number[]
  } & Numbers<'chiSquare' | 'p'>)[]
  readonly powers: readonly Numbers<
    'effect' | 'persons' | 'ratio' | 'alpha' | 'power' | 'needed' | 'detectable'
  >[]
  readonly alwaysValid: readonly Numbers<'z' | 'persons' | 'alpha' | 'tightestAt' | 'critical' | 'p'>[]
  readonly uplifts: readonly (Two<Triple> & Numbers<'estimate' | 'logError'>)[]
  readonly ratios: readonly (Two<Pair> & Numbers<'alpha' | 'low' | 'high'>)[]
}

const ANSWERS = new URL('../../../../test/data/experiment-answers.json', import.meta.url)
const answers = JSON.parse(readFileSync(ANSWERS, 'utf8')) as Answers

/** Agreement to so many significant digits. */
function expectDigits(value: number | undefined, expected: number, digits = 10): void {
  const off = Math.abs((value ?? Number.NaN) - expected)
  expect(off, `${value} and ${expected}`).toBeLessThanOrEqual(Math.abs(expected) * 0.5 * 10 ** (1 - digits))
}

const proportion = ([sum, persons]: readonly [number, number]): Sample => proportionSample(sum, persons)

describe('digit for digit as SciPy, statsmodels and mpmath', () => {
  test('distributions', () => {
    const { normalTwoSided, normalQuantile, studentTwoSided, studentCritical, chiSquareAbove } =
      answers.distributions
    for (const [x, y] of normalTwoSided) expectDigits(distributions.normalTwoSided(x), y, 13)
    for (const [x, y] of normalQuantile) expectDigits(distributions.normalQuantile(x), y, 13)
    for (const [x, df, y] of studentTwoSided) expectDigits(distributions.studentTwoSided(x, df), y, 9)
    for (const [x, df, y] of studentCritical) expectDigits(distributions.studentCritical(x, df), y)
    for (const [x, df, y] of chiSquareAbove) expectDigits(distributions.chiSquareAbove(x, df), y, 13)
  })

  test.each(answers.proportions)('two proportions %o', ({ control, treatment, alpha, ...expected }) => {
    const found = compareProportions(proportion(control), proportion(treatment), alpha)
    expectDigits(found.difference, expected.difference)
    expectDigits(found.statistic, expected.z)
    expectDigits(found.pValue, expected.p)
    expectDigits(found.low, expected.low)
    expectDigits(found.high, expected.high)
  })

  test.each(answers.means)('two means %o', ({ control, treatment, alpha, ...expected }) => {
    const found = compareMeans(control, treatment, alpha)
    expectDigits(found.statistic, expected.t)
    expectDigits(found.degreesOfFreedom, expected.df)
    expectDigits(found.pValue, expected.p)
    expectDigits(found.low, expected.low)
    expectDigits(found.high, expected.high)
  })

  test.each(answers.sampleRatios)('sample ratio %o', ({ persons, shares, chiSquare, p }) => {
    const found = checkSampleRatio(persons.map((n, arm) => ({ persons: n, expectedShare: shares[arm] ?? 0 })))
    expectDigits(found.chiSquare, chiSquare)
    expectDigits(found.pValue, p)
  })

  test.each(answers.powers)('power %o', ({ effect, persons, ratio, alpha, ...expected }) => {
    const critical = distributions.normalQuantile(1 - alpha / 2)
    const error = Math.sqrt(1 / persons + 1 / (persons * ratio))
    expectDigits(powerOf(effect, error, critical), expected.power)
    const question = { effect, controlVariance: 1, treatmentVariance: 1, ratio, power: 0.8 }
    expectDigits(personsNeeded({ ...question, critical: () => critical }), expected.needed)
    expectDigits(detectableEffect(error, critical, 0.8), expected.detectable)
  })

  test.each(answers.alwaysValid)('always valid %o', ({ z: statistic, persons, critical, p, ...plan }) => {
    expectDigits(alwaysValidCritical(persons, plan), critical)
    expectDigits(alwaysValidP(statistic, persons, plan), p)
  })

  test.each(answers.uplifts)('uplift %o', ({ control, treatment, estimate, logError }) => {
    const sample = ([persons, sum, variance]: readonly [number, number, number]) => ({
      ...{ persons, sum, variance },
    })
    const found = relativeUplift(sample(control), sample(treatment))
    expectDigits(found?.estimate, estimate)
    expectDigits(found?.logError, logError)
  })

  test.each(answers.ratios)('risk ratio %o', ({ control, treatment, alpha, low, high }) => {
    const [one, other] = [control, treatment].map(([sum, persons]) => ({
      ...{ sum, persons, variance: (sum / persons) * (1 - sum / persons) },
    }))
    const uplift = one && other && relativeUplift(one, other)
    const found = uplift && upliftInterval(uplift, distributions.normalQuantile(1 - alpha / 2))
    expectDigits(found?.low, low)
    expectDigits(found?.high, high)
  })
})

describe('as published', () => {
  test('Cookie Cats: day-7 retention .190201 of 44,700 against .182000 of 45,489', () => {
    const gate30 = proportionSample(8502, 44_700)
    const gate40 = proportionSample(8279, 45_489)
    expect((gate30.sum / gate30.persons).toFixed(6)).toBe('0.190201')
    expect((gate40.sum / gate40.persons).toFixed(6)).toBe('0.182000')
    const found = compareProportions(gate30, gate40, 0.05)
    expect(found.statistic.toFixed(4)).toBe('-3.1644')
    expect(found.pValue.toFixed(6)).toBe('0.001554')
    expect([found.low.toFixed(5), found.high.toFixed(5)]).toEqual(['-0.01328', '-0.00312'])
  })

  test("Physicians' Health Study, aspirin against placebo (Agresti 2002, 3.1.2): .0077, from .005 to .011", () => {
    const found = compareProportions(proportionSample(104, 11_037), proportionSample(189, 11_034), 0.05)
    expect(found.difference.toFixed(4)).toBe('0.0077')
    expect(found.standardError.toFixed(4)).toBe('0.0015')
    expect([found.low.toFixed(3), found.high.toFixed(3)]).toEqual(['0.005', '0.011'])
  })

  test('miles per gallon of US and Japanese cars (NIST e-Handbook 1.3.5.3): T −12.94627 with 136.8750 degrees', () => {
    const us = { persons: 249, sum: 249 * 20.14458, variance: 6.4147 ** 2 }
    const japan = { persons: 79, sum: 79 * 30.48101, variance: 6.10771 ** 2 }
    const found = compareMeans(japan, us, 0.05)
    expect(found.statistic).toBeCloseTo(-12.94627, 4)
    expect(found.degreesOfFreedom).toBeCloseTo(136.875, 3)
  })

  test('821,588 against 815,482 persons (Kohavi, Tang and Xu 2020, chapter 21): p 1.8E-6, a mismatch', () => {
    const found = checkSampleRatio([
      { persons: 821_588, expectedShare: 0.5 },
      { persons: 815_482, expectedShare: 0.5 },
    ])
    expect(found.pValue.toExponential(1)).toBe('1.8e-6')
    expect(found.verdict).toBe('mismatch')
  })

  test.each([
    ['44,700 and 45,489, as they came', 44_700, 45_489, 0.0086, 'suspect'],
    ['50.5 and 49.5 % of as many', 45_545, 44_644, 0.0027, 'suspect'],
    ['50.5 and 49.5 % of twice as many', 91_090, 89_288, 0.00002, 'mismatch'],
    ['50.1 and 49.9 % of as many', 45_185, 45_004, 0.5467, 'good'],
  ] as const)('%s', (_, control, treatment, p, verdict) => {
    const found = checkSampleRatio([
      { persons: control, expectedShare: 1 },
      { persons: treatment, expectedShare: 1 },
    ])
    expect(found.pValue).toBeCloseTo(p, 4)
    expect(found.verdict).toBe(verdict)
  })
})
