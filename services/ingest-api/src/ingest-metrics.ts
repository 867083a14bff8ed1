import { REJECTION_CODES } from '@millrace/contracts/rejection'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog, TopicRecords } from '@millrace/event-log/event-log'
import { timed } from '@millrace/runtime/timed'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { DENIAL_REASONS } from './consent.ts'
import type { Judged } from './judge-batch.ts'
import type { SpoolWriter } from './spool-writer.ts'

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
  const piiFound = new Counter({
    name: 'pii_found_total',
    help: 'Fields of stored events in which personal data was found and treated, by source and kind.',
    labelNames: ['source', 'kind'],
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
  const spoolSeconds = new Histogram({
    name: 'millrace_spool_put_duration_seconds',
    help: 'From handing records to the spool until they are durable or given up.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  })
  const spooledEvents = new Counter({
    name: 'millrace_spooled_events_total',
    help: 'Events that were stored in the spool, because the log was away.',
    registers,
  })
  const spoolInUse = new Gauge({
    name: 'millrace_spool_in_use',
    help: '1 while the log is away and events go to the spool.',
    registers,
  })
  events.inc({ outcome: 'accepted', code: 'none' }, 0)
  for (const code of DENIAL_REASONS) events.inc({ outcome: 'suppressed', code }, 0)
  for (const code of REJECTION_CODES) events.inc({ outcome: 'rejected', code }, 0)
  const ofRequests = { requests, requestSeconds, requestsInFlight, events, piiFound }
  return { ...ofRequests, publishSeconds, publishRecords, spoolSeconds, spooledEvents, spoolInUse }
}

/** What became of the events of one answered request. */
export function countJudged({ events, piiFound }: IngestMetrics, judged: Judged): void {
  const { accepted, suppressed, rejected, quarantined } = judged
  events.inc({ outcome: 'accepted', code: 'none' }, accepted.length)
  for (const code of DENIAL_REASONS) events.inc({ outcome: 'suppressed', code }, suppressed[code])
  for (const { code } of rejected) events.inc({ outcome: 'rejected', code })
  for (const { source, findings = [] } of [...accepted, ...quarantined])
    for (const { kind } of findings) piiFound.inc({ source, kind })
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
      metrics.publishRecords.observe(countRecords(batches))
      return publish(batches)
    },
  }
}

/** The spool, each put timed and the events counted that it stores. */
export function meteredSpool(writeSpool: SpoolWriter, metrics: IngestMetrics): SpoolWriter {
  const write = timed(metrics.spoolSeconds, writeSpool)
  return async (batches, receivedAt) => {
    await write(batches, receivedAt)
    metrics.spooledEvents.inc(countRecords(batches.filter(({ topic }) => topic === EVENTS_TOPIC)))
  }
}

function countRecords(batches: readonly TopicRecords[]): number {
  return batches.reduce((count, { records }) => count + records.length, 0)
}
