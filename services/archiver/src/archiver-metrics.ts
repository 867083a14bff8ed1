import type { EventLog } from '@millrace/event-log/event-log'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { StoredObject } from './archive-batch.ts'

export interface ArchiverMetricsDeps {
  readonly registry: Registry
  readonly log: EventLog
  readonly topics: readonly string[]
  readonly group: string
  readonly now: () => Date
}

/** The archiver's own metrics. */
export function createArchiverMetrics({ registry, log, topics, group, now }: ArchiverMetricsDeps) {
  const registers = [registry]
  const records = new Counter({
    name: 'millrace_archiver_records_total',
    help: 'Records of the log put into the archive.',
    labelNames: ['topic'] as const,
    registers,
  })
  const objectBytes = new Histogram({
    name: 'millrace_archiver_object_bytes',
    help: 'Size of the objects put into the archive, compressed.',
    buckets: [1_000, 10_000, 100_000, 1_000_000, 10_000_000],
    registers,
  })
  const batchSeconds = new Histogram({
    name: 'millrace_archiver_batch_duration_seconds',
    help: 'Time to archive one batch.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const storedAt = new Gauge({
    name: 'millrace_archiver_last_object_timestamp_seconds',
    help: 'When the last object was put into the archive.',
    registers,
  })
  new Gauge({
    name: 'millrace_archiver_lag_records',
    help: 'Records of the log that are not archived yet; absent while the log cannot be asked.',
    labelNames: ['topic'] as const,
    registers,
    async collect() {
      const lags = await Promise.all(topics.map((topic) => lagOf(log, topic, group).catch(() => undefined)))
      this.reset()
      for (const [index, topic] of topics.entries()) {
        const lag = lags[index]
        if (lag !== undefined) this.set({ topic }, lag)
      }
    },
  })
  return {
    batchSeconds,
    countStored({ topic, records: count, bytes }: StoredObject): void {
      records.inc({ topic }, count)
      objectBytes.observe(bytes)
      storedAt.set(now().getTime() / 1_000)
    },
  }
}

async function lagOf(log: EventLog, topic: string, group: string): Promise<number> {
  const [ranges, positions] = await Promise.all([log.ranges(topic), log.positions(topic, group)])
  const reached = new Map(positions.map(({ partition, nextOffset }) => [partition, nextOffset]))
  return ranges.reduce(
    (sum, { partition, firstOffset, nextOffset }) =>
      sum + nextOffset - (reached.get(partition) ?? firstOffset),
    0,
  )
}
