import { Kafka, type KafkaConfig, logLevel, type RetryOptions } from 'kafkajs'
import type { KafkaConnection } from './connection.ts'
import { createSockets } from './create-sockets.ts'

export interface KafkaClient {
  readonly kafka: Kafka
  /**
   * Breaks its connections and opens no other, so that nothing of it goes on behind our back: kafkajs retries what was
   * given up, and its `disconnect` waits for answers.
   */
  kill(): void
}

export interface ClientOptions {
  readonly requestTimeoutMs: number
  readonly retry: RetryOptions
  /** How many clients there were before this one. */
  readonly turn: number
}

const CONNECT_MS = 1_000
/** kafkajs's own time limit comes after ours, and so never. */
const AFTER_MS = 500

/**
 * A client of kafkajs of one's own: clients share what they know of a group's offsets when they share it. It logs
 * nothing, because it calls ERROR what it survives by itself; what it does not is thrown or told as a crash.
 */
export function openClient(
  connection: KafkaConnection,
  { requestTimeoutMs, retry, turn }: ClientOptions,
): KafkaClient {
  const sockets = createSockets(CONNECT_MS)
  // kafkajs begins with the first, and stays with it when it takes the connection and says nothing.
  const first = turn % connection.brokers.length
  return {
    kafka: new Kafka({
      brokers: [...connection.brokers.slice(first), ...connection.brokers.slice(0, first)],
      clientId: connection.clientId,
      ...(connection.sasl ? { sasl: connection.sasl as NonNullable<KafkaConfig['sasl']> } : {}),
      ...(connection.tls ? { ssl: connection.tls } : {}),
      connectionTimeout: CONNECT_MS + AFTER_MS,
      authenticationTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      retry,
      socketFactory: sockets.open,
      logLevel: logLevel.NOTHING,
    }),
    kill: sockets.kill,
  }
}
