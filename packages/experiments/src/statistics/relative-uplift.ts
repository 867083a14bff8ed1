import { mean, type Sample } from './sample.ts'

/** Treatment over control, less 1: 0.05 is 5 % more. */
export interface Uplift {
  readonly estimate: number
  readonly standardError: number
}

/**
 * The relative uplift of a mean, its error by the delta method: the control's mean is an estimate too, so dividing the
 * difference's interval by it would be too narrow. Deng, Knoblich and Lu, "Applying the Delta Method in Metric
 * Analytics", KDD 2018, section 3.1. Undefined while the control's mean is 0 or below: a share of it says nothing.
 */
export function relativeUplift(control: Sample, treatment: Sample): Uplift | undefined {
  const base = mean(control)
  if (!(base > 0)) return undefined
  const ratio = mean(treatment) / base
  const variance =
    treatment.variance / treatment.persons / base ** 2 +
    (ratio ** 2 * control.variance) / control.persons / base ** 2
  return { estimate: ratio - 1, standardError: Math.sqrt(variance) }
}
