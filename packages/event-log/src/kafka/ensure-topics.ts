import { Fault } from '@millrace/contracts/fault'
import { checkName } from '../check-names.ts'
import type { TopicSettings } from '../event-log.ts'
import type { KafkaAdmin } from './create-admin.ts'

export interface TopicPolicy {
  readonly prefix: string
  /** Copies of each partition; 3, or as many as there are brokers, unless given. */
  readonly replication?: number
}

/** Room for the largest event several times over, however little it compresses. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024
const LONGEST_NAME = 249
const HOUR_MS = 3_600_000

/** Makes the topics that do not exist. */
export async function ensureTopics(
  admin: KafkaAdmin,
  topics: readonly TopicSettings[],
  { prefix, replication }: TopicPolicy,
): Promise<void> {
  for (const { topic } of topics) checkTopicName(prefix, topic)
  const existing = new Set(await admin.ask((kafka) => kafka.listTopics()))
  const missing = topics.filter(({ topic }) => !existing.has(`${prefix}${topic}`))
  if (missing.length === 0) return
  const copies = replication ?? (await usualReplication(admin))
  for (const settings of missing) await createTopic(admin, settings, prefix, copies)
}

function checkTopicName(prefix: string, topic: string): void {
  checkName('topic', topic)
  if (prefix.length + topic.length <= LONGEST_NAME && !/^\.{1,2}$/.test(prefix + topic)) return
  throw new Fault(
    'config_invalid',
    `topic ${topic}: with KAFKA_PREFIX expected up to ${LONGEST_NAME} characters`,
  )
}

async function usualReplication(admin: KafkaAdmin): Promise<number> {
  const { brokers } = await admin.ask((kafka) => kafka.describeCluster())
  return Math.min(3, brokers.length)
}

async function createTopic(
  admin: KafkaAdmin,
  { topic, partitions, retentionHours }: TopicSettings,
  prefix: string,
  copies: number,
): Promise<void> {
  const config = {
    'cleanup.policy': 'delete',
    'retention.ms': Math.round(retentionHours * HOUR_MS),
    // With three copies one may be away, and two have each acknowledged record.
    'min.insync.replicas': copies >= 3 ? 2 : 1,
    'unclean.leader.election.enable': false,
    'max.message.bytes': MAX_MESSAGE_BYTES,
  }
  const wanted = {
    topic: `${prefix}${topic}`,
    numPartitions: partitions,
    replicationFactor: copies,
    configEntries: Object.entries(config).map(([name, value]) => ({ name, value: `${value}` })),
  }
  // False when another process was quicker; its settings stay.
  await admin.ask((kafka) => kafka.createTopics({ topics: [wanted] }))
}
