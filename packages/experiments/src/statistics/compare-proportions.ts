import { normalQuantile, normalTwoSided } from './distributions.ts'
import type { FixedTest, Sample } from './sample.ts'

/**
 * Two-proportion z-test. z and p pool the two, since under the null hypothesis they are one; the interval does not
 * (Wald), since under any other they differ. So a p just below alpha may stand beside an interval that just holds 0.
 * Agresti, Categorical Data Analysis (2nd ed., 2002), 3.1.1 and 3.1.3; in statsmodels `proportions_ztest` and
 * `confint_proportions_2indep(method='wald')`.
 */
export function compareProportions(control: Sample, treatment: Sample, alpha: number): FixedTest {
  const p1 = control.sum / control.persons
  const p2 = treatment.sum / treatment.persons
  const pooled = (control.sum + treatment.sum) / (control.persons + treatment.persons)
  const pooledError = Math.sqrt(pooled * (1 - pooled) * (1 / control.persons + 1 / treatment.persons))
  const standardError = Math.sqrt((p1 * (1 - p1)) / control.persons + (p2 * (1 - p2)) / treatment.persons)
  const difference = p2 - p1
  // Nobody did it, or everybody did: the two are the same.
  const statistic = pooledError === 0 ? 0 : difference / pooledError
  const reach = normalQuantile(1 - alpha / 2) * standardError
  return {
    ...{ difference, standardError, statistic, pValue: normalTwoSided(statistic) },
    ...{ low: difference - reach, high: difference + reach },
  }
}
