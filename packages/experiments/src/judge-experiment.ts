import { currencyExponent } from '@millrace/contracts/currencies'
import type { Experiment, Metric } from './define-experiment.ts'
import { type Comparison, judgeVariant } from './judge-variant.ts'
import type { VariantSample } from './read-metric.ts'
import type { Persons } from './read-persons.ts'
import { sayComparison } from './say-comparison.ts'
import { mean } from './statistics/sample.ts'
import { checkSampleRatio, type SampleRatio } from './statistics/sample-ratio.ts'

export interface VariantReport {
  readonly variant: string
  readonly persons: number
  /** Of the persons in the variants of the experiment. */
  readonly share: number
  readonly expectedShare: number
}

/** A metric in one variant; money in major units. */
export interface VariantValue {
  readonly variant: string
  readonly persons: number
  readonly mean: number
  readonly sum: number
  readonly standardDeviation: number
  /** Persons with a value other than 0, and those whose value was cut. */
  readonly active: number
  readonly cut: number
}

/** With what may be said of it, in words. */
export interface SaidComparison extends Comparison {
  readonly sentence: string
}

export interface MetricReport {
  /** Revenue has its currency at the end: `revenue_per_person_EUR`. */
  readonly name: string
  readonly title: string
  readonly kind: Metric['kind']
  readonly better: 'more' | 'less'
  readonly guardrail?: { readonly margin: number }
  readonly withinDays?: number
  readonly currency?: string
  readonly variants: readonly VariantValue[]
  readonly comparisons: readonly SaidComparison[]
}

export interface ExperimentReport {
  readonly id: string
  readonly title: string
  readonly control: string
  /** ISO 8601; absent while nobody was exposed. */
  readonly firstExposure?: string
  /** Nothing from this moment on is in the report, ISO 8601. */
  readonly until: string
  readonly alpha: number
  readonly sampleRatio: SampleRatio
  readonly variants: readonly VariantReport[]
  /** Who was exposed and takes no part. */
  readonly excluded: {
    readonly severalVariants: number
    readonly otherVariants: number
    readonly exposuresWithoutPerson: number
  }
  readonly metrics: readonly MetricReport[]
}

export interface Found {
  readonly persons: Persons
  readonly until: Date
  readonly samples: readonly { readonly metric: Metric; readonly rows: readonly VariantSample[] }[]
}

/** What may be said of an experiment by what was found of it. */
export function judgeExperiment(
  experiment: Experiment,
  { persons, until, samples }: Found,
): ExperimentReport {
  const { id, title, control, alpha = 0.05 } = experiment
  const variants = reportVariants(experiment, persons)
  const inVariants = variants.reduce((sum, variant) => sum + variant.persons, 0)
  const all = [...persons.variants.values()].reduce((sum, count) => sum + count, 0)
  return {
    ...{ id, title, control },
    ...(persons.firstExposure && { firstExposure: persons.firstExposure.toISOString() }),
    ...{ until: until.toISOString(), alpha, sampleRatio: checkSampleRatio(variants), variants },
    excluded: {
      severalVariants: persons.severalVariants,
      otherVariants: all - inVariants,
      exposuresWithoutPerson: persons.exposuresWithoutPerson,
    },
    metrics: samples.flatMap(({ metric, rows }) =>
      [...new Set(rows.map(({ label }) => label))].map((label) =>
        reportMetric(
          experiment,
          metric,
          rows.filter((row) => row.label === label),
        ),
      ),
    ),
  }
}

/** Whether something is wrong that wants somebody: the split, or a guardrail. */
export function isAlarming({ sampleRatio, metrics }: ExperimentReport): boolean {
  return (
    sampleRatio.verdict === 'mismatch' ||
    metrics.some(({ comparisons }) => comparisons.some(({ verdict }) => verdict === 'broken'))
  )
}

function reportVariants({ variants, control }: Experiment, persons: Persons): readonly VariantReport[] {
  const names = [control, ...Object.keys(variants).filter((variant) => variant !== control)]
  const shares = Object.values(variants).reduce((sum, share) => sum + share, 0)
  const counts = names.map((variant) => persons.variants.get(variant) ?? 0)
  const all = counts.reduce((sum, count) => sum + count, 0)
  return names.map((variant, index) => ({
    ...{ variant, persons: counts[index] ?? 0 },
    share: all === 0 ? 0 : (counts[index] ?? 0) / all,
    expectedShare: (variants[variant] ?? 0) / shares,
  }))
}

function reportMetric(
  { variants, control, alpha = 0.05, tightestAt = 10_000 }: Experiment,
  metric: Metric,
  rows: readonly VariantSample[],
): MetricReport {
  const { name, title, kind, better = 'more', guardrail, withinDays } = metric
  const currency = rows[0]?.label
  const fullTitle = currency ? `${title}, ${currency}` : title
  const ours = rows.filter(({ variant }) => Object.hasOwn(variants, variant)).map(toMajorUnits)
  const base = ours.find(({ variant }) => variant === control)
  const others = ours.filter((sample) => sample !== base)
  const chances = { alpha, tightestAt, comparisons: Object.keys(variants).length - 1 }
  return {
    ...{ name: currency ? `${name}_${currency}` : name, title: fullTitle },
    ...{ kind, better, ...(guardrail && { guardrail }), ...(withinDays !== undefined && { withinDays }) },
    ...(currency && { currency }),
    variants: [...(base ? [base] : []), ...others].map(reportValue),
    comparisons: base
      ? others.map((treatment) => {
          const comparison = judgeVariant(metric, { control: base, treatment }, chances)
          const sentence = sayComparison(comparison, { title: fullTitle, control, margin: guardrail?.margin })
          return { ...comparison, sentence }
        })
      : [],
  }
}

function toMajorUnits(sample: VariantSample): VariantSample {
  const unit = 10 ** (currencyExponent(sample.label) ?? 0)
  return { ...sample, sum: sample.sum / unit, variance: sample.variance / unit ** 2 }
}

function reportValue(sample: VariantSample): VariantValue {
  const { variant, persons, sum, variance, active, cut } = sample
  return {
    ...{ variant, persons, mean: mean(sample), sum, standardDeviation: Math.sqrt(variance) },
    ...{ active, cut },
  }
}
