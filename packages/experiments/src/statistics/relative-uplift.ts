import { type Interval, mean, type Sample } from './sample.ts'

/** Treatment over control, less 1: 0.05 is 5 % more. */
export interface Uplift {
  readonly estimate: number
  /** Natural logarithm of treatment over control, and its standard error. */
  readonly logRatio: number
  readonly logError: number
}

/**
 * The relative uplift of a mean, its error by the delta method: the control's mean is an estimate too, so dividing the
 * difference's interval by it would be too narrow. On the logarithm, as for risk ratios (Katz et al., "Obtaining
 * confidence intervals for the risk ratio in cohort studies", Biometrics 34, 1978; Deng, Knoblich and Lu, "Applying the
 * Delta Method in Metric Analytics", KDD 2018): taken on the ratio itself, whose error shrinks with it, looking every
 * day at revenue with a long tail found an effect in 7 to 19 of 100 experiments that had none, on the logarithm in 2
 * to 4. Undefined while a mean is 0 or below: it has no logarithm.
 */
export function relativeUplift(control: Sample, treatment: Sample): Uplift | undefined {
  const [base, changed] = [mean(control), mean(treatment)]
  if (!(base > 0 && changed > 0)) return undefined
  const logVariance =
    relativeVariance(control) / control.persons + relativeVariance(treatment) / treatment.persons
  return {
    estimate: changed / base - 1,
    logRatio: Math.log(changed / base),
    logError: Math.sqrt(logVariance),
  }
}

/** The square of the coefficient of variation. */
export function relativeVariance(sample: Sample): number {
  return sample.variance / mean(sample) ** 2
}

/** The interval of an uplift that reaches so many standard errors to either side. */
export function upliftInterval({ logRatio, logError }: Uplift, errors: number): Interval {
  return {
    low: Math.expm1(logRatio - errors * logError),
    high: Math.expm1(logRatio + errors * logError),
  }
}
