import type { Outcome } from '@millrace/warehouse/write/write-ledger'
import { Counter, Histogram, type Registry } from 'prom-client'

/** The loader's own metrics. */
export function createLoaderMetrics(registry: Registry) {
  const records = new Counter({
    name: 'millrace_loader_records_total',
    help: 'Records of the log by what became of them.',
    labelNames: ['outcome'] as const,
    registers: [registry],
  })
  const batchSeconds = new Histogram({
    name: 'millrace_loader_batch_duration_seconds',
    help: 'Time to write one batch, its transaction included.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  return {
    batchSeconds,
    countOutcome(outcome: Outcome): void {
      for (const [name, count] of Object.entries(outcome)) records.inc({ outcome: name }, count)
    },
  }
}
