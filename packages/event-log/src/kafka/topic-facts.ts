import { Fault } from '@millrace/contracts/fault'
import type { KafkaAdmin } from './create-admin.ts'
import { kafkaErrorType } from './kafka-error.ts'
import { readTopicSettings } from './read-topic-settings.ts'

/** What a publisher needs to know of a topic. */
export interface TopicFacts {
  readonly partitions: number
  /** The broker that leads each partition when last seen: publishes are cut along it, and right also when it moved. */
  readonly leaders: ReadonlyMap<number, number>
  /** The largest batch, and so the largest record, that the topic takes. */
  readonly maxMessageBytes: number
}

export interface TopicFactsReader {
  /** By the name with the prefix. @throws Fault `config_invalid` for a topic that does not exist. */
  of(topic: string): Promise<TopicFacts>
  /** Something went wrong, leaders may have moved: looks again, what is known holds meanwhile. */
  refresh(): void
}

/** Kafka's own default, for those who may publish but not look at settings. */
const USUAL_MAX_MESSAGE_BYTES = 1_048_588

export function createTopicFacts(admin: KafkaAdmin): TopicFactsReader {
  const known = new Map<string, Promise<TopicFacts>>()
  const refreshing = new Set<string>()

  async function refresh(topic: string): Promise<void> {
    if (refreshing.has(topic)) return
    refreshing.add(topic)
    try {
      const facts = await readFacts(admin, topic)
      known.set(topic, Promise.resolve(facts))
    } catch (error) {
      if (error instanceof Fault) known.delete(topic)
    }
    refreshing.delete(topic)
  }

  return {
    of(topic) {
      const asked = known.get(topic) ?? readFacts(admin, topic)
      known.set(topic, asked)
      asked.catch(() => {
        if (known.get(topic) === asked) known.delete(topic)
      })
      return asked
    },
    refresh() {
      for (const topic of known.keys()) void refresh(topic)
    },
  }
}

async function readFacts(admin: KafkaAdmin, topic: string): Promise<TopicFacts> {
  try {
    const metadata = await admin.ask((kafka) => kafka.fetchTopicMetadata({ topics: [topic] }))
    const partitions = metadata.topics[0]?.partitions ?? []
    return {
      partitions: partitions.length,
      leaders: new Map(partitions.map(({ partitionId, leader }) => [partitionId, leader])),
      maxMessageBytes: await readMaxMessageBytes(admin, topic),
    }
  } catch (error) {
    if (kafkaErrorType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error
    throw new Fault('config_invalid', `Topic ${topic} does not exist: ensureTopics makes it`, {
      cause: error,
    })
  }
}

async function readMaxMessageBytes(admin: KafkaAdmin, topic: string): Promise<number> {
  const setting = 'max.message.bytes'
  try {
    const value = Number((await readTopicSettings(admin, topic, [setting])).get(setting))
    return value > 0 ? value : USUAL_MAX_MESSAGE_BYTES
  } catch (error) {
    if (kafkaErrorType(error) === 'TOPIC_AUTHORIZATION_FAILED') return USUAL_MAX_MESSAGE_BYTES
    throw error
  }
}
