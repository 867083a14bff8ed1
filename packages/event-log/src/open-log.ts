import { Fault } from '@millrace/contracts/fault'
import type { EventLog } from './event-log.ts'
import type { KafkaConfig } from './kafka/read-kafka-config.ts'
import { createPostgresLog } from './postgres.ts'

/** What is configured of the log: `logFields` of the runtime, and the database of the embedded one. */
export interface LogConfig extends KafkaConfig {
  readonly KAFKA_BROKERS?: readonly string[] | undefined
  readonly DATABASE_URL?: string | undefined
}

/** Who uses the log. */
export interface LogClient {
  /** Shown to those who watch the servers, as `archiver`. */
  readonly clientName: string
  /** The Postgres role to act as, as `millrace_archiver`. */
  readonly role?: string
  readonly now: () => Date
  /** Told what was survived. */
  readonly onError?: (message: string, error: unknown) => void
}

/**
 * The log that is configured: Kafka, else Postgres tables.
 * @throws Fault `config_invalid` that names the variable that is missing or cannot be.
 */
export async function openLog(config: LogConfig, client: LogClient): Promise<EventLog> {
  if (config.KAFKA_BROKERS) {
    const { role: _role, ...others } = client
    const { createKafkaLog } = await import('./kafka.ts')
    const { readKafkaConfig } = await import('./kafka/read-kafka-config.ts')
    return createKafkaLog({ brokers: config.KAFKA_BROKERS, ...readKafkaConfig(config), ...others })
  }
  if (config.DATABASE_URL) return createPostgresLog({ connection: config.DATABASE_URL, ...client })
  throw new Fault('config_invalid', 'KAFKA_BROKERS or DATABASE_URL: one of them is needed')
}
