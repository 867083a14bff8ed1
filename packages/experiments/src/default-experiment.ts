import type { Experiment, Metric } from './define-experiment.ts'

const METRICS: readonly Metric[] = [
  { kind: 'conversion', name: 'orders', title: 'Persons who ordered', event: 'order_completed' },
  { kind: 'revenue', name: 'revenue_per_person', title: 'Revenue per person' },
  {
    ...{ kind: 'count', name: 'user_errors', title: 'Errors per person', event: 'error_occurred' },
    ...{ better: 'less', guardrail: { margin: 0 } },
  },
]

/** What a variant is called that changes nothing, the likeliest first. */
const CONTROLS = ['control', 'baseline', 'original', 'default', 'off', 'a', '0']

/** An experiment that nobody defined: the variants that were seen, with equal shares. `variants` holds one at least. */
export function defaultExperiment(id: string, variants: readonly string[]): Experiment {
  const sorted = variants.toSorted()
  const control = CONTROLS.flatMap(
    (name) => sorted.find((variant) => variant.toLowerCase() === name) ?? [],
  )[0]
  return {
    ...{ id, title: id, metrics: METRICS, control: control ?? sorted[0] ?? '' },
    variants: Object.fromEntries(sorted.map((variant) => [variant, 1 / sorted.length])),
  }
}
