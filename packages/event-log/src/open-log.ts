import { Fault } from '@millrace/contracts/fault'
import type { EventLog } from './event-log.ts'
import { createPostgresLog } from './postgres.ts'

/** What is configured of the log: `logFields` of the runtime, and the database of the embedded one. */
export interface LogConfig {
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

/** The log that is configured: Kafka, else Postgres tables. */
export function openLog({ DATABASE_URL: connection }: LogConfig, client: LogClient): EventLog {
  if (!connection) throw new Fault('config_invalid', 'KAFKA_BROKERS or DATABASE_URL: one of them is needed')
  return createPostgresLog({ connection, ...client })
}
