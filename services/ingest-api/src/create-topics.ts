import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'

export interface TopicConfig {
  readonly LOG_PARTITIONS: number
  readonly LOG_RETENTION_HOURS: number
}

/** Makes the topics that the API publishes to; those that are there stay as they are. */
export function createTopics(log: Pick<EventLog, 'ensureTopics'>, config: TopicConfig): Promise<void> {
  const { LOG_PARTITIONS: partitions, LOG_RETENTION_HOURS: retentionHours } = config
  return log.ensureTopics(
    [EVENTS_TOPIC, QUARANTINE_TOPIC].map((topic) => ({ topic, partitions, retentionHours })),
  )
}
