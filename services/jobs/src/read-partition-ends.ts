import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog, PartitionRange } from '@millrace/event-log/event-log'

/** Where an event may stand. */
export const LOG_TOPICS = [EVENTS_TOPIC, QUARANTINE_TOPIC]

/** What a partition held at a moment. */
export interface PartitionEnd extends PartitionRange {
  readonly topic: string
}

export async function readPartitionEnds(log: Pick<EventLog, 'ranges'>): Promise<readonly PartitionEnd[]> {
  const ends = await Promise.all(
    LOG_TOPICS.map(async (topic) => (await log.ranges(topic)).map((range) => ({ topic, ...range }))),
  )
  return ends.flat()
}
