import { studentCritical, studentTwoSided } from './distributions.ts'
import { type FixedTest, mean, type Sample } from './sample.ts'

/**
 * Welch's t-test, for means of groups whose variances differ. B. L. Welch, "The generalization of 'Student's' problem
 * when several different population variances are involved", Biometrika 34 (1947); in SciPy
 * `ttest_ind(equal_var=False)`.
 */
export function compareMeans(control: Sample, treatment: Sample, alpha: number): FixedTest {
  const v1 = control.variance / control.persons
  const v2 = treatment.variance / treatment.persons
  const standardError = Math.sqrt(v1 + v2)
  const difference = mean(treatment) - mean(control)
  if (standardError === 0) {
    const nothing = { standardError, statistic: 0, pValue: 1, degreesOfFreedom: 0 }
    return { difference, ...nothing, low: difference, high: difference }
  }
  const degreesOfFreedom = (v1 + v2) ** 2 / (termOf(v1, control.persons) + termOf(v2, treatment.persons))
  const statistic = difference / standardError
  const reach = studentCritical(alpha, degreesOfFreedom) * standardError
  return {
    ...{ difference, standardError, statistic, pValue: studentTwoSided(statistic, degreesOfFreedom) },
    ...{ degreesOfFreedom, low: difference - reach, high: difference + reach },
  }
}

/** One person alone has no variance and takes no part. */
function termOf(variance: number, persons: number): number {
  return variance === 0 ? 0 : variance ** 2 / (persons - 1)
}
