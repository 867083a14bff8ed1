import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import kafkajs, { type ProducerBatch, type RecordMetadata } from 'kafkajs'
import { withinTime } from '../within-time.ts'
import type { KafkaConnection } from './connection.ts'
import { openClient } from './open-client.ts'
import type { PlannedBatch, PlannedMessage } from './plan-sends.ts'

export interface KafkaProducer {
  /** Resolves when it is connected; rejects after some tries, or 5 s. */
  readonly connected: Promise<void>
  /**
   * Resolves when every batch, one a partition at most, is on as many brokers as its topic demands. After a rejection
   * this producer must not be used again: kafkajs takes the failed records' sequence numbers back, and with them the
   * next ones could pass for those, be acknowledged and be dropped.
   */
  send(batches: readonly PlannedBatch[]): Promise<void>
  /** Whatever is under way is given up. */
  kill(): void
}

export interface ProducerOptions {
  readonly connection: KafkaConnection
  readonly compression: 'gzip' | 'none'
  readonly timeoutMs: number
  /** How many producers there were before this one. */
  readonly turn: number
}

/** Ends by itself a little after the publish has given up. */
const RETRY = { initialRetryTime: 50, factor: 0.2, multiplier: 2, maxRetryTime: 400, retries: 8 }
/** Then the next one is opened, and begins with another broker. */
const CONNECT_MS = 5_000
const ALL_IN_SYNC = -1

const compress = promisify(gzip)
const decompress = promisify(gunzip)
/** Level 1 for kafkajs's 6: events take two thirds of the CPU for a tenth more bytes. */
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.GZIP] = () => ({
  compress: ({ buffer }: { readonly buffer: Buffer }) => compress(buffer, { level: 1 }),
  decompress: (buffer: Buffer) => decompress(buffer),
})

/** An idempotent producer: what its own retries repeat is stored once. */
export function openProducer({ connection, compression, timeoutMs, turn }: ProducerOptions): KafkaProducer {
  const client = openClient(connection, { requestTimeoutMs: timeoutMs, retry: RETRY, turn })
  const producer = client.kafka.producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
    retry: RETRY,
  })
  const send = (batches: readonly PlannedBatch[]): Promise<RecordMetadata[]> =>
    producer.sendBatch({
      acks: ALL_IN_SYNC,
      timeout: timeoutMs,
      compression: compression === 'gzip' ? kafkajs.CompressionTypes.GZIP : kafkajs.CompressionTypes.None,
      topicMessages: topicMessages(batches),
    })
  const connected = withinTime(producer.connect(), CONNECT_MS)
  connected.catch(client.kill)
  return {
    connected,
    async send(batches) {
      let missing = batches
      while (missing.length > 0) missing = withoutAnswer(missing, await send(missing))
    },
    kill: client.kill,
  }
}

function topicMessages(batches: readonly PlannedBatch[]): NonNullable<ProducerBatch['topicMessages']> {
  const byTopic = new Map<string, PlannedMessage[]>()
  for (const { topic, messages } of batches) {
    const all = byTopic.get(topic)
    if (all) all.push(...messages)
    else byTopic.set(topic, [...messages])
  }
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }))
}

/**
 * When a partition's leader moves to a broker that has answered already, kafkajs resolves without having sent that
 * partition's records.
 */
function withoutAnswer(
  batches: readonly PlannedBatch[],
  answers: readonly RecordMetadata[],
): readonly PlannedBatch[] {
  const answered = new Set(answers.map(({ topicName, partition }) => `${topicName} ${partition}`))
  return batches.filter(({ topic, partition }) => !answered.has(`${topic} ${partition}`))
}
