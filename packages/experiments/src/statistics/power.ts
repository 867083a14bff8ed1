import { normalBelow, normalQuantile } from './distributions.ts'

/**
 * The probability that a two-sided z-test finds an effect of this size, given the standard error of its estimate and the
 * z that it has to pass. Cohen, Statistical Power Analysis (2nd ed., 1988), 2.4; in statsmodels `NormalIndPower.power`.
 */
export function powerOf(effect: number, standardError: number, critical: number): number {
  const shift = Math.abs(effect) / standardError
  return normalBelow(shift - critical) + normalBelow(-shift - critical)
}

/** The least effect that is found with this power, in the unit of the standard error. */
export function detectableEffect(standardError: number, critical: number, power: number): number {
  return (
    standardError * solve((shift) => powerOf(shift, 1, critical) >= power, normalQuantile(power) + critical)
  )
}

export interface PersonsQuestion {
  /** Absolute, in the unit of the values. */
  readonly effect: number
  readonly controlVariance: number
  readonly treatmentVariance: number
  /** Persons of the treatment for each of the control. */
  readonly ratio: number
  readonly power: number
  /** The z to pass with so many persons in both together: constant for one look, growing for looks without end. */
  critical(persons: number): number
}

/** Persons needed in the control; infinite when there is no effect to find. */
export function personsNeeded({ effect, ratio, power, critical, ...variances }: PersonsQuestion): number {
  if (effect === 0) return Number.POSITIVE_INFINITY
  const unit = variances.controlVariance + variances.treatmentVariance / ratio
  const isEnough = (persons: number): boolean =>
    powerOf(effect, Math.sqrt(unit / persons), critical(persons * (1 + ratio))) >= power
  return solve(isEnough, unit / effect ** 2)
}

const HALVINGS = 60

/** The least positive x from which on the condition holds; near `start` it is looked for first. */
function solve(holds: (x: number) => boolean, start: number): number {
  let high = start > 0 ? start : 1
  while (!holds(high)) high *= 2
  let low = high
  while (holds(low) && low > Number.MIN_VALUE) low /= 2
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}
