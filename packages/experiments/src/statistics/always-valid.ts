/** How a sequence of looks is judged. */
export interface SequentialPlan {
  readonly alpha: number
  /** Persons of control and treatment together at which the interval is tightest for what it promises. */
  readonly tightestAt: number
}

/**
 * The mixture sequential probability ratio test with a normal mixture (Robbins 1970; Johari, Pekelis and Walsh, "Peeking
 * at A/B Tests", KDD 2017; Howard et al., "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of
 * Statistics 49, 2021, eq. 14), with the estimated variance put in place of the true one (Waudby-Smith et al.,
 * "Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics 52, 2024, theorem 2.2).
 * An interval at every look holds the truth at all looks at once with probability 1 − alpha; below, z is the estimate
 * over its standard error at `persons`. Chosen over group-sequential bounds because nobody has to say beforehand when
 * or how often people look, and because one factor on the standard error serves conversions, means and uplifts alike.
 */
export function alwaysValidCritical(persons: number, plan: SequentialPlan): number {
  const information = persons * mixingVariance(plan)
  return Math.sqrt(((information + 1) / information) * (Math.log(information + 1) - 2 * Math.log(plan.alpha)))
}

/**
 * The p-value that goes with it: below alpha exactly when the interval leaves 0 out. At any moment that the looking
 * stops, also one chosen for what was seen, it is below alpha in at most alpha of the experiments without an effect.
 */
export function alwaysValidP(z: number, persons: number, plan: SequentialPlan): number {
  const information = persons * mixingVariance(plan)
  const logRatio = (z * z * information) / (information + 1) / 2 - Math.log(information + 1) / 2
  return Math.min(1, Math.exp(-logRatio))
}

/** ρ² of Waudby-Smith et al. (2024), eq. 12: it makes the interval the tightest at one sample size, set beforehand. */
function mixingVariance({ alpha, tightestAt }: SequentialPlan): number {
  const logs = -2 * Math.log(alpha)
  return (logs + Math.log(logs + 1)) / tightestAt
}
