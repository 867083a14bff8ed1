import { chiSquareAbove } from './distributions.ts'

/** Persons of a variant and the share of all that it should have. */
export interface Arm {
  readonly persons: number
  readonly expectedShare: number
}

export interface SampleRatio {
  readonly chiSquare: number
  readonly degreesOfFreedom: number
  readonly pValue: number
  /** `mismatch` below .001: nothing else of the experiment may be believed; `suspect` below .01: look for a cause. */
  readonly verdict: 'good' | 'suspect' | 'mismatch'
}

const MISMATCH_BELOW = 0.001
const SUSPECT_BELOW = 0.01

/**
 * Whether the variants have the persons that their shares promise: Pearson's chi-square. Fabijan et al., "Diagnosing
 * Sample Ratio Mismatch in Online Controlled Experiments", KDD 2019; .001 as in Kohavi, Tang and Xu, Trustworthy
 * Online Controlled Experiments (2020), chapter 21. Shares need not add up to 1.
 */
export function checkSampleRatio(arms: readonly Arm[]): SampleRatio {
  const persons = arms.reduce((sum, arm) => sum + arm.persons, 0)
  const shares = arms.reduce((sum, arm) => sum + arm.expectedShare, 0)
  const degreesOfFreedom = arms.length - 1
  if (persons === 0 || degreesOfFreedom < 1) {
    return { chiSquare: 0, degreesOfFreedom, pValue: 1, verdict: 'good' }
  }
  const chiSquare = arms.reduce((sum, arm) => {
    const expected = (persons * arm.expectedShare) / shares
    return sum + (arm.persons - expected) ** 2 / expected
  }, 0)
  const pValue = chiSquareAbove(chiSquare, degreesOfFreedom)
  return { chiSquare, degreesOfFreedom, pValue, verdict: verdictOf(pValue) }
}

function verdictOf(pValue: number): SampleRatio['verdict'] {
  if (pValue < MISMATCH_BELOW) return 'mismatch'
  return pValue < SUSPECT_BELOW ? 'suspect' : 'good'
}
