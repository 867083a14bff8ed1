import type { GroupPosition, PartitionRange } from '../event-log.ts'
import type { KafkaAdmin } from './create-admin.ts'
import { kafkaErrorType } from './kafka-error.ts'

/** What each partition holds; empty for a topic that does not exist. Names with the prefix. */
export async function readRanges(admin: KafkaAdmin, topic: string): Promise<readonly PartitionRange[]> {
  const offsets = await unlessUnknown(admin.ask((kafka) => kafka.fetchTopicOffsets(topic)))
  return offsets
    .map(({ partition, low, high }) => ({ partition, firstOffset: Number(low), nextOffset: Number(high) }))
    .sort((a, b) => a.partition - b.partition)
}

/** Where the group goes on; without the partitions in which it has not committed yet. Names with the prefix. */
export async function readPositions(
  admin: KafkaAdmin,
  topic: string,
  group: string,
): Promise<readonly GroupPosition[]> {
  const answers = await unlessUnknown(
    admin.ask((kafka) => kafka.fetchOffsets({ groupId: group, topics: [topic] })),
  )
  return (
    answers
      .flatMap(({ partitions }) => partitions)
      .map(({ partition, offset }) => ({ partition, nextOffset: Number(offset) }))
      // -1 is no offset; -2 is what kafkajs writes for a moment to begin at the first kept record.
      .filter(({ nextOffset }) => nextOffset >= 0)
      .sort((a, b) => a.partition - b.partition)
  )
}

async function unlessUnknown<T>(answer: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await answer
  } catch (error) {
    if (kafkaErrorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return []
    throw error
  }
}
