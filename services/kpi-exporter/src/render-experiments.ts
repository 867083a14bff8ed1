import type { ExperimentReport } from '@millrace/experiments/judge-experiment'
import { type Metric, renderHead, renderSamples, type Sample } from './exposition.ts'

const PERSONS: Metric = {
  name: 'experiment_persons',
  help: 'Persons who saw this variant of the experiment alone.',
}
const SAMPLE_RATIO: Metric = {
  name: 'experiment_sample_ratio_p_value',
  help: 'The chance of a split so uneven when shares are as planned. Below 0.001 believe nothing of the experiment.',
}
const UPLIFT: Metric = {
  name: 'experiment_uplift_ratio',
  help: 'Relative change against the control, 0.05 is 5 % more, with the bounds of its always-valid interval. No sample while it is too early.',
}

/** A currency that somebody paid in once makes a metric: at most so many of an experiment are shown. */
const MOST_METRICS = 12

/** Gauges of experiments; nothing at all when there are none. */
export function renderExperiments(reports: readonly ExperimentReport[]): string {
  if (reports.length === 0) return ''
  const gauge = (metric: Metric, samples: readonly Sample[]): string =>
    renderHead(metric) + renderSamples(metric, samples)
  return [
    gauge(
      PERSONS,
      reports.flatMap(({ id, variants }) =>
        variants.map(({ variant, persons }) => ({ labels: { experiment: id, variant }, value: persons })),
      ),
    ),
    gauge(
      SAMPLE_RATIO,
      reports.map(({ id, sampleRatio }) => ({ labels: { experiment: id }, value: sampleRatio.pValue })),
    ),
    gauge(UPLIFT, reports.flatMap(upliftSamples)),
  ].join('')
}

function upliftSamples({ id, metrics }: ExperimentReport): readonly Sample[] {
  return metrics.slice(0, MOST_METRICS).flatMap(({ name, comparisons }) =>
    comparisons.flatMap(({ variant, verdict, uplift }) => {
      if (!uplift || verdict === 'too_early') return []
      const { low, estimate, high } = uplift
      return Object.entries({ low, estimate, high }).map(([bound, value]) => ({
        labels: { experiment: id, variant, metric: name, bound },
        value,
      }))
    }),
  )
}
