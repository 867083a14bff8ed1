import type { Metric } from './define-experiment.ts'
import type { VariantSample } from './read-metric.ts'
import { alwaysValidCritical, alwaysValidP, type SequentialPlan } from './statistics/always-valid.ts'
import { compareMeans } from './statistics/compare-means.ts'
import { compareProportions } from './statistics/compare-proportions.ts'
import { detectableEffect, personsNeeded, powerOf } from './statistics/power.ts'
import { relativeUplift, relativeVariance, upliftInterval } from './statistics/relative-uplift.ts'
import type { FixedTest, Interval } from './statistics/sample.ts'

/**
 * What may be said. Of a goal: better, worse, or not shown. Of a guardrail: broken (worse by more than its margin), held
 * (not worse by more), or not shown. `too_early` while a variant has too few for any interval to be right.
 */
export type Verdict = 'better' | 'worse' | 'broken' | 'held' | 'not_shown' | 'too_early'

/** A variant beside the control. Differences are treatment less control, in the metric's unit. */
export interface Comparison {
  readonly variant: string
  readonly verdict: Verdict
  /** Relative, 0.05 is 5 % more, with its always-valid interval; absent while a mean is 0. */
  readonly uplift?: Interval & { readonly estimate: number }
  /** Right at every look: decide by these. */
  readonly sequential: Interval & { readonly difference: number; readonly pValue: number }
  /** Right at one look that was set beforehand; not for daily looking. */
  readonly fixed: FixedTest
  readonly power: Power
}

/** Of the sequential test, at 80 %. */
export interface Power {
  /** The relative change that it is about. */
  readonly detect: number
  /** The chance that such a change would be shown by now. */
  readonly now?: number
  /** The least relative change that would be shown by now in 80 of 100 cases. */
  readonly detectable?: number
  /** Persons that control and variant need together, and how many of them are still to come. */
  readonly personsNeeded?: number
  readonly personsToCome?: number
}

/** Chances, over all variants: each has its part of alpha (Bonferroni), in its p-values and intervals alike. */
export interface Chances {
  readonly alpha: number
  readonly tightestAt: number
  /** How many variants are compared with the control. */
  readonly comparisons: number
}

const POWER = 0.8
/** Below them, in each variant, means are not nearly normal and intervals promise too much. */
export const LEAST_PERSONS = 100
export const LEAST_ACTIVE = 10

export function judgeVariant(
  metric: Metric,
  { control, treatment }: { control: VariantSample; treatment: VariantSample },
  { alpha, tightestAt, comparisons }: Chances,
): Comparison {
  const plan = { alpha: alpha / comparisons, tightestAt }
  const compare = metric.kind === 'conversion' ? compareProportions : compareMeans
  const fixed = compare(control, treatment, plan.alpha)
  const persons = control.persons + treatment.persons
  const critical = alwaysValidCritical(persons, plan)
  const found = relativeUplift(control, treatment)
  const uplift = found && { estimate: found.estimate, ...upliftInterval(found, critical) }
  const z = found ? quotient(found.logRatio, found.logError) : quotient(fixed.difference, fixed.standardError)
  const sequential = {
    difference: fixed.difference,
    ...around(fixed.difference, critical * fixed.standardError),
    pValue: Math.min(1, alwaysValidP(z, persons, plan) * comparisons),
  }
  return {
    variant: treatment.variant,
    verdict: isEnough(metric, control, treatment) ? verdictOf(metric, { uplift, sequential }) : 'too_early',
    ...(uplift && { uplift }),
    sequential,
    fixed: { ...fixed, pValue: Math.min(1, fixed.pValue * comparisons) },
    power: powerFor(metric, { control, treatment, plan }),
  }
}

function quotient(estimate: number, standardError: number): number {
  return standardError === 0 ? 0 : estimate / standardError
}

function around(middle: number, reach: number): Interval {
  return { low: middle - reach, high: middle + reach }
}

/** By both together: a variant in which nobody can order any more must not hide behind its own small number. */
function isEnough({ kind }: Metric, control: VariantSample, treatment: VariantSample): boolean {
  const fewest = Math.min(control.persons, treatment.persons)
  const share = (control.active + treatment.active) / (control.persons + treatment.persons)
  const rest = kind === 'conversion' ? 1 - share : 1
  return fewest >= LEAST_PERSONS && fewest * Math.min(share, rest) >= LEAST_ACTIVE
}

/** The uplift decides; where a mean is 0 and there is none, whether there is a difference at all. */
function verdictOf(
  { better = 'more', guardrail }: Metric,
  { uplift, sequential }: { uplift: Interval | undefined; sequential: Interval },
): Verdict {
  const { low, high } = uplift ?? sequential
  const margin = uplift ? (guardrail?.margin ?? 0) : 0
  const [worst, best] = better === 'more' ? [low, high] : [-high, -low]
  if (!guardrail) {
    if (worst > 0) return 'better'
    return best < 0 ? 'worse' : 'not_shown'
  }
  if (best < -margin) return 'broken'
  return worst > -margin ? 'held' : 'not_shown'
}

interface PowerQuestion {
  readonly control: VariantSample
  readonly treatment: VariantSample
  readonly plan: SequentialPlan
}

/** On the logarithm, as the uplift. */
function powerFor({ detect = 0.05 }: Metric, { control, treatment, plan }: PowerQuestion): Power {
  const { logError = 0 } = relativeUplift(control, treatment) ?? {}
  if (logError === 0) return { detect }
  const persons = control.persons + treatment.persons
  const critical = alwaysValidCritical(persons, plan)
  const ratio = treatment.persons / control.persons
  const needed = personsNeeded({
    ...{ effect: Math.log1p(detect), ratio, power: POWER },
    ...{ controlVariance: relativeVariance(control), treatmentVariance: relativeVariance(treatment) },
    critical: (total) => alwaysValidCritical(total, plan),
  })
  const total = Math.ceil(needed * (1 + ratio))
  return {
    detect,
    now: powerOf(Math.log1p(detect), logError, critical),
    detectable: Math.expm1(detectableEffect(logError, critical, POWER)),
    ...{ personsNeeded: total, personsToCome: Math.max(0, total - persons) },
  }
}
