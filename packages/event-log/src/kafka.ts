import { createHash } from 'node:crypto'
import type { ConnectionOptions } from 'node:tls'
import { Fault } from '@millrace/contracts/fault'
import { checkConsume } from './check-names.ts'
import type { Consumer, EventLog } from './event-log.ts'
import type { KafkaConnection } from './kafka/connection.ts'
import { createAdmin, type KafkaAdmin } from './kafka/create-admin.ts'
import { createConsumer } from './kafka/create-consumer.ts'
import { createPublisher } from './kafka/create-publisher.ts'
import { ensureTopics } from './kafka/ensure-topics.ts'
import { kafkaUnavailable } from './kafka/kafka-error.ts'
import { readKeptFor } from './kafka/kept-for.ts'
import { openProducer } from './kafka/open-producer.ts'
import { readParts } from './kafka/read-parts.ts'
import { createTopicFacts } from './kafka/topic-facts.ts'
import { readPositions, readRanges } from './kafka/topic-offsets.ts'

export interface KafkaLogOptions {
  /** `host:port`, some of the cluster's brokers. */
  readonly brokers: readonly string[]
  /** Shown in the brokers' logs and metrics, as `millrace archiver`. */
  readonly clientName: string
  /** Before the names of topics and groups; none unless given. */
  readonly prefix?: string
  readonly sasl?: KafkaConnection['sasl']
  readonly tls?: ConnectionOptions
  /** gzip unless given. */
  readonly compression?: 'gzip' | 'none'
  /** Copies of topics that we make; 3, or as many as there are brokers, unless given. */
  readonly replication?: number
  readonly now: () => Date
  /** Told what was survived: a handler that threw, a broker that was away. */
  readonly onError?: (message: string, error: unknown) => void
  /** After this a publish is rejected; 2,000 unless given. */
  readonly publishTimeoutMs?: number
  /** A consumer that is not heard of for so long loses its partitions; 10,000 unless given. */
  readonly sessionTimeoutMs?: number
}

const ADMIN_TIMEOUT_MS = 5_000

/** The event log on Kafka, 2.4 and later. Connects when it is first needed. */
export function createKafkaLog(options: KafkaLogOptions): EventLog {
  const { prefix = '', compression = 'gzip', now, onError = () => undefined } = options
  const timeoutMs = options.publishTimeoutMs ?? 2_000
  const connection: KafkaConnection = {
    brokers: options.brokers,
    clientId: `millrace ${options.clientName}`,
    ...(options.sasl ? { sasl: options.sasl } : {}),
    ...(options.tls ? { tls: options.tls } : {}),
  }
  const admin = createAdmin(connection, ADMIN_TIMEOUT_MS)
  let turn = 0
  const publisher = createPublisher({
    topics: createTopicFacts(admin),
    prefix,
    timeoutMs,
    openProducer: () => openProducer({ connection, compression, timeoutMs, turn: turn++ }),
  })
  const consumers = new Set<Consumer>()
  let closed = false

  async function ask<T>(what: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (cause) {
      throw kafkaUnavailable(`Could not ${what}`, cause)
    }
  }

  return {
    identity: () => ask('read which log this is', readIdentity(admin, prefix)),
    ensureTopics: (topics) =>
      ask(
        `make topics ${topics.map(({ topic }) => topic).join(', ')}`,
        ensureTopics(admin, topics, {
          prefix,
          ...(options.replication ? { replication: options.replication } : {}),
        }),
      ),
    publish: publisher.publish,
    async consume(consume) {
      checkConsume(consume)
      if (closed) throw new Fault('log_unavailable', 'The log is closed')
      const consumer = await createConsumer(consume, {
        ...{ connection, admin, prefix, now, onError },
        sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
      })
      const closable = {
        async close() {
          await consumer.close()
          consumers.delete(closable)
        },
      }
      consumers.add(closable)
      return closable
    },
    read: (ranges, handle) =>
      ask('read records', readParts({ connection, admin, prefix, turn: turn++ }, ranges, handle)),
    ranges: (topic) => ask('read ranges', readRanges(admin, `${prefix}${topic}`)),
    positions: (topic, group) =>
      ask('read positions', readPositions(admin, `${prefix}${topic}`, `${prefix}${group}`)),
    keptFor: (topic) => ask('read how long records are kept', readKeptFor(admin, `${prefix}${topic}`)),
    async close() {
      closed = true
      await Promise.all([...consumers].map((consumer) => consumer.close()))
      await publisher.close()
      admin.close()
    },
  }
}

/** The cluster's own id, which it keeps for life, with the prefix: two on one cluster are two logs. */
async function readIdentity(admin: KafkaAdmin, prefix: string): Promise<string> {
  const { clusterId } = await admin.ask((kafka) => kafka.describeCluster())
  const identity = prefix === '' ? clusterId : `${clusterId}.${prefix}`
  if (/^[A-Za-z0-9._-]{1,100}$/.test(identity)) return identity
  return createHash('sha256').update(identity).digest('hex')
}
