import { describe, expect, test } from 'vitest'
import { createSeededRandom, type SeededRandom } from '../../../test/support/seeded-random.ts'
import type { Metric } from './define-experiment.ts'
import { type Chances, judgeVariant } from './judge-variant.ts'
import type { VariantSample } from './read-metric.ts'
import { alwaysValidCritical } from './statistics/always-valid.ts'
import { compareProportions } from './statistics/compare-proportions.ts'
import { normalQuantile } from './statistics/distributions.ts'
import { personsNeeded } from './statistics/power.ts'
import { proportionSample } from './statistics/sample.ts'
import { checkSampleRatio } from './statistics/sample-ratio.ts'

const EXPERIMENTS = 600
const DAYS = 30
const A_DAY = 150
const CHANCES: Chances = { alpha: 0.05, tightestAt: 10_000, comparisons: 1 }
const ORDERS: Metric = { kind: 'conversion', name: 'orders', title: 'Orders', event: 'order_completed' }
const REVENUE: Metric = { kind: 'revenue', name: 'revenue', title: 'Revenue' }

/** Values of a variant's persons, added up as the database would. */
function createArm(variant: string) {
  let [persons, active, sum, squares] = [0, 0, 0, 0]
  return {
    add(value: number, before = 0) {
      if (before === 0) active += value === 0 ? 0 : 1
      sum += value - before
      squares += value * value - before * before
    },
    join: () => (persons += 1),
    sample: (): VariantSample => ({
      ...{ variant, label: '', persons, active, sum, cut: 0 },
      variance: (squares - (sum * sum) / persons) / (persons - 1),
    }),
  }
}

type Arm = ReturnType<typeof createArm>
/** One day of one variant. */
type Day = (arm: Arm, random: SeededRandom) => void

/** The share of experiments in which a look on any of the days finds what `isFound` looks for. */
function shareFound(
  seed: number,
  days: readonly Day[],
  isFound: (...samples: VariantSample[]) => boolean,
): number {
  const random = createSeededRandom(seed)
  let found = 0
  for (let experiment = 0; experiment < EXPERIMENTS; experiment += 1) {
    const arms = days.map((_, index) => createArm(String(index)))
    for (let day = 0; day < DAYS; day += 1) {
      for (const [index, arm] of arms.entries()) days[index]?.(arm, random)
      if (isFound(...arms.map((arm) => arm.sample()))) {
        found += 1
        break
      }
    }
  }
  return found / EXPERIMENTS
}

const converting =
  (rate: number): Day =>
  (arm, random) => {
    for (let person = 0; person < A_DAY; person += 1) {
      arm.join()
      if (random.chance(rate)) arm.add(1)
    }
  }

/** 8 in 100 buy; amounts are log-normal: the mean is 2.1 times the median with a spread of 1.2, 5 times with 1.8. */
const buying =
  (spread: number): Day =>
  (arm, random) => {
    for (let person = 0; person < A_DAY; person += 1) {
      arm.join()
      if (!random.chance(0.08)) continue
      const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
      arm.add(3000 * Math.exp(spread * normal))
    }
  }

/** Nobody's days are ever over: who came on earlier days may still convert today. */
function convertingLater(): Day {
  const waiting = new WeakMap<Arm, number>()
  return (arm, random) => {
    let left = (waiting.get(arm) ?? 0) + A_DAY
    for (let person = 0; person < A_DAY; person += 1) arm.join()
    for (let person = left; person > 0; person -= 1) {
      if (!random.chance(0.01)) continue
      arm.add(1)
      left -= 1
    }
    waiting.set(arm, left)
  }
}

const isSaid =
  (metric: Metric, chances: Chances = CHANCES) =>
  (control?: VariantSample, ...others: VariantSample[]) =>
    control !== undefined &&
    others.some((treatment) =>
      ['better', 'worse', 'broken'].includes(judgeVariant(metric, { control, treatment }, chances).verdict),
    )

describe('where there is no effect and somebody looks every day for 30 days, something is said of it', () => {
  test('far too often by the p-value of one look', () => {
    const naive = (one?: VariantSample, other?: VariantSample) =>
      one !== undefined && other !== undefined && compareProportions(one, other, 0.05).pValue < 0.05
    expect(shareFound(1, [converting(0.1), converting(0.1)], naive)).toBeGreaterThan(0.2)
  })

  test.each([
    ['conversions', ORDERS, [converting(0.1), converting(0.1)]],
    ['rare conversions', ORDERS, [converting(0.01), converting(0.01)]],
    ['revenue with a long tail', REVENUE, [buying(1.2), buying(1.2)]],
    ['revenue with a very long tail', REVENUE, [buying(1.8), buying(1.8)]],
    ['conversions that may still come', ORDERS, [convertingLater(), convertingLater()]],
  ] as const)('in fewer than 5 of 100 experiments: %s', (_, metric, days) => {
    expect(shareFound(2, days, isSaid(metric))).toBeLessThan(0.05)
  })

  test('in fewer than 5 of 100, all three variants together', () => {
    const days = [0, 1, 2, 3].map(() => converting(0.1))
    expect(shareFound(3, days, isSaid(ORDERS, { ...CHANCES, comparisons: 3 }))).toBeLessThan(0.05)
  })

  test('a right split is called wrong in fewer than 2 of 100', () => {
    const random = createSeededRandom(4)
    const experiments = 2000
    let alarms = 0
    for (let experiment = 0; experiment < experiments; experiment += 1) {
      let [one, other] = [0, 0]
      for (let day = 0; day < DAYS; day += 1) {
        for (let person = 0; person < 2 * A_DAY; person += 1) {
          if (random.chance(0.5)) one += 1
          else other += 1
        }
        const { verdict } = checkSampleRatio([one, other].map((persons) => ({ persons, expectedShare: 1 })))
        if (verdict !== 'mismatch') continue
        alarms += 1
        break
      }
    }
    expect(alarms / experiments).toBeLessThan(0.02)
  })
})

describe('where there is an effect', () => {
  test('the interval of the uplift holds it at all looks in more than 95 of 100 experiments', () => {
    const missed = shareFound(5, [converting(0.1), converting(0.12)], (control, treatment) => {
      if (!control || !treatment) return false
      const { verdict, uplift } = judgeVariant(ORDERS, { control, treatment }, CHANCES)
      return verdict !== 'too_early' && uplift !== undefined && (uplift.low > 0.2 || uplift.high < 0.2)
    })
    expect(missed).toBeLessThan(0.05)
  })

  test('the interval of one look holds the difference in 95 of 100', () => {
    const random = createSeededRandom(6)
    const draw = (rate: number, persons: number) => {
      let sum = 0
      for (let person = 0; person < persons; person += 1) sum += random.chance(rate) ? 1 : 0
      return proportionSample(sum, persons)
    }
    let held = 0
    for (let experiment = 0; experiment < 4000; experiment += 1) {
      const { low, high } = compareProportions(draw(0.2, 500), draw(0.25, 700), 0.05)
      if (low <= 0.05 && high >= 0.05) held += 1
    }
    // Two standard errors of the simulation on either side.
    expect(Math.abs(held / 4000 - 0.95)).toBeLessThan(0.007)
  })

  test('it is found in 80 of 100 with the persons that were said to be needed', () => {
    const [base, lift] = [0.1, 0.03]
    const critical = (persons: number) => alwaysValidCritical(persons, CHANCES)
    const relative = (rate: number) => (1 - rate) / rate
    const question = {
      ...{ effect: Math.log((base + lift) / base), ratio: 1, power: 0.8 },
      ...{ controlVariance: relative(base), treatmentVariance: relative(base + lift) },
    }
    const needed = personsNeeded({ ...question, critical })
    const oneLook = personsNeeded({ ...question, critical: () => normalQuantile(0.975) })
    expect(needed / oneLook).toBeGreaterThan(1.2)
    expect(needed / oneLook).toBeLessThan(2.2)
    const random = createSeededRandom(7)
    let found = 0
    for (let experiment = 0; experiment < EXPERIMENTS; experiment += 1) {
      const arms = [base, base + lift].map((rate) => {
        const arm = createArm('')
        for (let person = 0; person < needed; person += 1) {
          arm.join()
          if (random.chance(rate)) arm.add(1)
        }
        return arm.sample()
      })
      if (isSaid(ORDERS)(...arms)) found += 1
    }
    expect(Math.abs(found / EXPERIMENTS - 0.8)).toBeLessThan(0.04)
  })
})
