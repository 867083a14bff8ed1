import { createAdmin, type KafkaAdmin } from './kafka/create-admin.ts'
import { kafkaUnavailable } from './kafka/kafka-error.ts'
import { type KafkaConfig, readKafkaConfig } from './kafka/read-kafka-config.ts'
import { readTopicSettings } from './kafka/read-topic-settings.ts'

export interface InspectConfig extends KafkaConfig {
  readonly KAFKA_BROKERS: readonly string[]
  readonly LOG_RETENTION_HOURS: number
}

/** A topic as the cluster has it. */
export interface InspectedTopic {
  readonly topic: string
  /** 0 when there is no such topic. */
  readonly partitions: number
  /** What endangers events, in one sentence each; empty for a good one. */
  readonly warnings: readonly string[]
}

const TIMEOUT_MS = 5_000
const HOUR_MS = 3_600_000

/** How the topics on Kafka are kept, whoever made them. @throws Fault `log_unavailable` */
export async function inspectTopics(
  config: InspectConfig,
  topics: readonly string[],
): Promise<readonly InspectedTopic[]> {
  const { prefix, sasl, tls } = readKafkaConfig(config)
  const admin = createAdmin(
    {
      brokers: config.KAFKA_BROKERS,
      clientId: 'millrace doctor',
      ...(sasl && { sasl }),
      ...(tls && { tls }),
    },
    TIMEOUT_MS,
  )
  try {
    const existing = new Set(await admin.ask((kafka) => kafka.listTopics()))
    return await Promise.all(
      topics.map(async (topic) =>
        existing.has(`${prefix}${topic}`)
          ? inspect(admin, `${prefix}${topic}`, config.LOG_RETENTION_HOURS)
          : { topic: `${prefix}${topic}`, partitions: 0, warnings: [] },
      ),
    )
  } catch (cause) {
    throw kafkaUnavailable('Could not look at the topics', cause)
  } finally {
    admin.close()
  }
}

async function inspect(admin: KafkaAdmin, topic: string, retentionHours: number): Promise<InspectedTopic> {
  const { topics } = await admin.ask((kafka) => kafka.fetchTopicMetadata({ topics: [topic] }))
  const { brokers } = await admin.ask((kafka) => kafka.describeCluster())
  const settings = await readTopicSettings(admin, topic)
  const partitions = topics[0]?.partitions ?? []
  const copies = Math.min(...partitions.map(({ replicas }) => replicas.length))
  return {
    topic,
    partitions: partitions.length,
    warnings: [
      ...copyWarnings({
        copies,
        brokers: brokers.length,
        insync: Number(settings.get('min.insync.replicas')),
      }),
      ...keepWarnings(settings, retentionHours),
    ],
  }
}

interface Copies {
  readonly copies: number
  readonly brokers: number
  readonly insync: number
}

function copyWarnings({ copies, brokers, insync }: Copies): string[] {
  if (copies === 1 && brokers > 1)
    return ['has one copy: a broker that is lost takes acknowledged events along']
  if (copies >= 3 && insync < 2)
    return ['has min.insync.replicas 1: what a leader acknowledged alone is lost with it, set it to 2']
  return []
}

function keepWarnings(settings: ReadonlyMap<string, string>, retentionHours: number): string[] {
  const said: string[] = []
  if (settings.get('cleanup.policy') !== 'delete')
    said.push(
      `has cleanup.policy ${settings.get('cleanup.policy')}: events of one person replace each other, set it to delete`,
    )
  if (settings.get('unclean.leader.election.enable') === 'true')
    said.push('has unclean.leader.election.enable: acknowledged events can get lost, set it to false')
  const keptMs = Number(settings.get('retention.ms'))
  if (keptMs >= 0 && keptMs < retentionHours * HOUR_MS)
    said.push(`keeps events for ${Math.round(keptMs / HOUR_MS)} h, LOG_RETENTION_HOURS is ${retentionHours}`)
  return said
}
