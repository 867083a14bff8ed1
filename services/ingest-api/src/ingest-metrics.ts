import { REJECTION_CODES } from '@millrace/contracts/rejection'
import type { EventLog } from '@millrace/event-log/event-log'
import { timed } from '@millrace/runtime/timed'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { DenialReason } from './consent.ts'
import type { Judged } from './judge-batch.ts'

const DENIAL_REASONS: readonly DenialReason[] = ['gpc', 'consent']

export type IngestMetrics = ReturnType<typeof createIngestMetrics>

/** The API's own metrics. Every label has a closed list of values; what has not happened yet shows as 0. */
export function createIngestMetrics(registry: Registry) {
  const registers = [registry]
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered, by route and status.',
    labelNames: ['route', 'status'],
    registers,
  })
  const requestSeconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer.',
    labelNames: ['route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const requestsInFlight = new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests not yet answered.',
    registers,
  })
  const events = new Counter({
    name: 'millrace_events_total',
    help: 'Events of answered requests, by what became of them and why.',
    labelNames: ['outcome', 'code'],
    registers,
  })
  const publishSeconds = new Histogram({
    name: 'millrace_publish_duration_seconds',
    help: 'From handing records to the log until they are durable.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const publishRecords = new Histogram({
    name: 'millrace_publish_records',
    help: 'Records in one publish, over all requests that it joins.',
    buckets: [1, 5, 10, 50, 100, 250, 500, 1000, 2500, 5000],
    registers,
  })
  events.inc({ outcome: 'accepted', code: 'none' }, 0)
  for (const code of DENIAL_REASONS) events.inc({ outcome: 'suppressed', code }, 0)
  for (const code of REJECTION_CODES) events.inc({ outcome: 'rejected', code }, 0)
  return { requests, requestSeconds, requestsInFlight, events, publishSeconds, publishRecords }
}

/** What became of the events of one answered request. */
export function countJudged({ events }: IngestMetrics, { accepted, suppressed, rejected }: Judged): void {
  events.inc({ outcome: 'accepted', code: 'none' }, accepted.length)
  for (const code of DENIAL_REASONS) events.inc({ outcome: 'suppressed', code }, suppressed[code])
  for (const { code } of rejected) events.inc({ outcome: 'rejected', code })
}

/** The log, each publish timed and its records counted. */
export function meteredLog(
  log: Pick<EventLog, 'publish'>,
  metrics: IngestMetrics,
): Pick<EventLog, 'publish'> {
  const publish = timed(metrics.publishSeconds, (batches: Parameters<EventLog['publish']>[0]) =>
    log.publish(batches),
  )
  return {
    publish(batches) {
      metrics.publishRecords.observe(batches.reduce((count, { records }) => count + records.length, 0))
      return publish(batches)
    },
  }
}
