/** One line of a metric. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A metric of Prometheus's text format (version 0.0.4). */
export interface Metric {
  readonly name: string
  readonly help: string
}

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export function renderHead({ name, help }: Metric): string {
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} gauge\n`
}

/** Samples in the order given; labels in the order of their names. */
export function renderSamples({ name }: Metric, samples: readonly Sample[]): string {
  return samples.map(({ labels, value }) => `${name}{${renderLabels(labels)}} ${value}\n`).join('')
}

function renderLabels(labels: Sample['labels']): string {
  return Object.keys(labels)
    .sort()
    .map((label) => `${label}="${escapeValue(labels[label] ?? '')}"`)
    .join(',')
}

const TO_ESCAPE = /[\\"\n]/

function escapeValue(value: string): string {
  if (!TO_ESCAPE.test(value)) return value
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
