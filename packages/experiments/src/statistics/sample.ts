/** What is known of a metric in one variant: a value a person. Of a conversion the values are 0 and 1. */
export interface Sample {
  readonly persons: number
  /** Sum of the persons' values. */
  readonly sum: number
  /** Of the values, with n − 1. */
  readonly variance: number
}

/** An interval that its confidence level belongs to. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** A comparison at one moment that was set beforehand. */
export interface FixedTest extends Interval {
  /** Treatment less control. */
  readonly difference: number
  readonly standardError: number
  /** z or t. */
  readonly statistic: number
  readonly pValue: number
  /** Of Welch's t. */
  readonly degreesOfFreedom?: number
}

export function mean({ sum, persons }: Sample): number {
  return sum / persons
}

/** Persons of whom `sum` did something: the values are 0 and 1. */
export function proportionSample(sum: number, persons: number): Sample {
  return { persons, sum, variance: persons > 1 ? (sum * (1 - sum / persons)) / (persons - 1) : 0 }
}
