import { QUARANTINE_TOPIC, type QuarantinedEvent } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC, type StampedEvent } from '@millrace/contracts/stamped-event'
import type { LogRecord, TopicRecords } from '@millrace/event-log/event-log'
import type { GroupCommit } from './group-commit.ts'
import type { Judged } from './judge-batch.ts'

/** Publishes a request's events and its quarantined ones together; resolves when all of them are durable. */
export async function publishEvents(
  commit: GroupCommit,
  { accepted, quarantined }: Pick<Judged, 'accepted' | 'quarantined'>,
  receivedAt: Date,
): Promise<void> {
  const batches = [
    { topic: EVENTS_TOPIC, records: accepted.map(eventRecord) },
    { topic: QUARANTINE_TOPIC, records: quarantined.map(quarantineRecord) },
  ].filter(({ records }) => records.length > 0)
  if (batches.length > 0) await commit.publish({ batches, bytes: bytesOf(batches), receivedAt })
}

/** Keyed by person, so that one person's events stay in order; other people run beside them. */
export function eventRecord(event: StampedEvent): LogRecord {
  return { key: event.userPerson ?? event.anonymousPerson ?? event.eventId, value: JSON.stringify(event) }
}

function quarantineRecord(event: QuarantinedEvent): LogRecord {
  const { userPerson, anonymousPerson } = event.people
  const key = userPerson ?? anonymousPerson ?? event.eventId ?? event.requestId
  return { key, value: JSON.stringify(event) }
}

/** Near enough to bound memory: characters, of which nearly all are one byte. */
function bytesOf(batches: readonly TopicRecords[]): number {
  let bytes = 0
  for (const { records } of batches) for (const { value } of records) bytes += value.length
  return bytes
}
