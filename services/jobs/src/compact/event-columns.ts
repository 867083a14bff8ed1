import type { Column, ParquetRow } from '@millrace/archive/parquet/parquet-columns'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import type { EventRow } from '@millrace/warehouse/facts/event-facts'

/**
 * An event as a row of Parquet: all that the archive keeps of it. What fact_event has too has the same name there. The
 * day is the folder's. Ids are text, which every engine reads.
 */
export const EVENT_COLUMNS: readonly Column[] = [
  { name: 'event_id', kind: 'text', required: true },
  { name: 'occurred_at', kind: 'time', required: true },
  { name: 'received_at', kind: 'time', required: true },
  { name: 'original_timestamp', kind: 'time' },
  { name: 'sent_at', kind: 'time' },
  { name: 'time_source', kind: 'text' },
  { name: 'skew_ms', kind: 'integer' },
  { name: 'source', kind: 'text', required: true },
  { name: 'key_kind', kind: 'text' },
  { name: 'type', kind: 'text' },
  { name: 'event', kind: 'text' },
  { name: 'custom', kind: 'flag' },
  { name: 'person_id', kind: 'text' },
  { name: 'anonymous_id', kind: 'text' },
  { name: 'user_id', kind: 'text' },
  { name: 'previous_ids', kind: 'text' },
  { name: 'session_id', kind: 'text' },
  { name: 'country', kind: 'text' },
  { name: 'device_key', kind: 'text' },
  { name: 'device', kind: 'text' },
  { name: 'os', kind: 'text' },
  { name: 'browser', kind: 'text' },
  { name: 'excluded_reason', kind: 'text' },
  { name: 'consent', kind: 'text' },
  { name: 'historical', kind: 'flag' },
  { name: 'properties', kind: 'text' },
  { name: 'context', kind: 'text' },
  { name: 'message_id', kind: 'text' },
  { name: 'content_hash', kind: 'text' },
  { name: 'request_id', kind: 'text' },
  { name: 'traceparent', kind: 'text' },
  { name: 'log_partition', kind: 'integer', required: true },
  { name: 'log_offset', kind: 'integer', required: true },
]

/** Where a record stands in the log. */
export interface LogPlace {
  readonly partition: number
  readonly offset: number
}

export function eventColumns(event: StampedEvent, row: EventRow, place: LogPlace): ParquetRow {
  return {
    event_id: row.eventId,
    occurred_at: row.occurredAt,
    received_at: row.receivedAt,
    original_timestamp: row.originalTimestamp,
    sent_at: row.sentAt,
    time_source: row.timeSource,
    skew_ms: event.skewMs,
    source: row.source,
    key_kind: row.keyKind,
    type: event.type,
    event: row.event,
    custom: event.custom,
    person_id: row.personId,
    anonymous_id: row.anonymousId,
    user_id: event.userPerson,
    previous_ids: event.previousPersons && JSON.stringify(event.previousPersons),
    session_id: row.sessionId,
    country: row.country,
    device_key: row.device?.key,
    device: row.device?.device,
    os: row.device?.os,
    browser: row.device?.browser,
    excluded_reason: row.excludedReason,
    consent: event.consent,
    historical: event.historical === true,
    properties: row.properties,
    context: row.context,
    message_id: event.messageId,
    content_hash: event.contentHash,
    request_id: event.requestId,
    traceparent: event.traceparent,
    log_partition: place.partition,
    log_offset: place.offset,
  }
}
