import type { ConnectionOptions } from 'node:tls'

/** Where Kafka is, and how to get in. */
export interface KafkaConnection {
  /** `host:port`, some of the cluster's brokers. */
  readonly brokers: readonly string[]
  /** Shown in the brokers' logs and metrics. */
  readonly clientId: string
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
    readonly username: string
    readonly password: string
  }
  readonly tls?: ConnectionOptions
}
