import { Fault } from '@millrace/contracts/fault'

interface Described {
  /** snake_case, unique in its experiment: the label `metric` of its gauges. */
  readonly name: string
  readonly title: string
  /** Which way is good; `more` unless given. */
  readonly better?: 'more' | 'less'
  /**
   * Days after a person's first exposure in which it counts; a person takes part when they are over. Absent: all days up
   * to the look, and everyone takes part at once.
   */
  readonly withinDays?: number
  /** It only must not get worse: broken when it is worse than the control by more than this share of it (0.02: 2 %). */
  readonly guardrail?: { readonly margin: number }
  /** The relative change that should be found if it is there; 0.05 unless given. */
  readonly detect?: number
}

/** Did the person do it? */
export interface ConversionMetric extends Described {
  readonly kind: 'conversion'
  readonly event: string
}

/** How often did the person do it? */
export interface CountMetric extends Described {
  readonly kind: 'count'
  readonly event: string
}

/** Amounts of the person's completed orders, before refunds, a metric a currency. */
export interface RevenueMetric extends Described {
  readonly kind: 'revenue'
  /** ISO 4217; every currency that was paid in unless given. */
  readonly currency?: string
  /** A person counts with at most this quantile of what the buyers of all variants spent; 1, nobody is cut, unless given. */
  readonly winsoriseAt?: number
}

export type Metric = ConversionMetric | CountMetric | RevenueMetric

export interface Experiment {
  /** As in `experiment_viewed`. */
  readonly id: string
  readonly title: string
  /** Variant ids with the share of persons that each should have; they need not add up to 1. */
  readonly variants: Readonly<Record<string, number>>
  /** The variant that the others are compared with. */
  readonly control: string
  readonly metrics: readonly Metric[]
  /** First and last business day of exposures that count, yyyy-mm-dd. */
  readonly from?: string
  readonly until?: string
  /** The chance of a false alarm in each metric, over all variants and looks; 0.05 unless given. */
  readonly alpha?: number
  /** Persons of control and variant together at which intervals are the tightest; 10,000 unless given. Set beforehand. */
  readonly tightestAt?: number
}

/**
 * Declares an experiment.
 * @throws Fault `contract_broken` that names the field and says what was expected.
 */
export function defineExperiment(experiment: Experiment): Experiment {
  const found = problemsOf(experiment)
  if (found.length === 0) return experiment
  throw new Fault('contract_broken', `Experiment ${experiment.id}: ${found.join('; ')}`)
}

const NAME = /^[a-z][a-z0-9_]*$/

/** V8 reads the 30th of February as the 2nd of March. */
function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

function problemsOf(experiment: Experiment): readonly string[] {
  const { variants, control, metrics, from, until, alpha = 0.05, tightestAt = 1 } = experiment
  const names = metrics.map(({ name }) => name)
  return [
    ...(Object.keys(variants).length < 2 ? ['variants: expected two at least'] : []),
    ...Object.entries(variants).flatMap(([variant, share]) =>
      share > 0 && Number.isFinite(share) ? [] : [`variants.${variant}: expected a share above 0`],
    ),
    ...(Object.hasOwn(variants, control) ? [] : [`control ${control}: expected one of the variants`]),
    ...(metrics.length > 0 ? [] : ['metrics: expected one at least']),
    ...(new Set(names).size === names.length ? [] : ['metrics: two have the same name']),
    ...[from, until].flatMap((day) =>
      day === undefined || isDay(day) ? [] : [`${day}: expected a day as yyyy-mm-dd`],
    ),
    ...(alpha > 0 && alpha < 0.5 ? [] : ['alpha: expected more than 0 and less than 0.5']),
    ...(tightestAt >= 1 ? [] : ['tightestAt: expected a number of persons']),
    ...metrics.flatMap(metricProblems),
  ]
}

function metricProblems(metric: Metric): readonly string[] {
  const { name, withinDays = 1, guardrail, detect = 0.05 } = metric
  const winsoriseAt = metric.kind === 'revenue' ? (metric.winsoriseAt ?? 1) : 1
  const said = [
    ...(NAME.test(name) ? [] : ['name: expected lower-case letters, digits and _']),
    ...(Number.isInteger(withinDays) && withinDays >= 1
      ? []
      : ['withinDays: expected whole days, 1 or more']),
    ...(guardrail === undefined || guardrail.margin >= 0 ? [] : ['guardrail.margin: expected 0 or more']),
    ...(detect > 0 ? [] : ['detect: expected more than 0']),
    ...(winsoriseAt > 0 && winsoriseAt <= 1 ? [] : ['winsoriseAt: expected more than 0, at most 1']),
  ]
  return said.map((problem) => `metric ${name}, ${problem}`)
}
