import type { KafkaAdmin } from './create-admin.ts'
import { kafkaErrorType } from './kafka-error.ts'
import { readTopicSettings } from './read-topic-settings.ts'

const SETTINGS = ['retention.ms', 'segment.ms']

/**
 * How long a record of a topic stays at most, in milliseconds: Kafka deletes whole segments, once the youngest record of
 * one is old enough. Undefined when records are kept for ever, or when nobody tells us.
 */
export async function readKeptFor(admin: KafkaAdmin, topic: string): Promise<number | undefined> {
  try {
    const settings = await readTopicSettings(admin, topic, SETTINGS)
    const [retentionMs = -1, segmentMs = -1] = SETTINGS.map((name) => Number(settings.get(name) ?? -1))
    return retentionMs >= 0 && segmentMs >= 0 ? retentionMs + segmentMs : undefined
  } catch (error) {
    if (kafkaErrorType(error) === 'TOPIC_AUTHORIZATION_FAILED') return undefined
    throw error
  }
}
