import { logUnavailable } from '../log-unavailable.ts'

interface ErrorOfKafkajs {
  readonly name?: string
  readonly message?: string
  /** Kafka's name of the error, as NOT_LEADER_FOR_PARTITION. */
  readonly type?: string
  readonly cause?: unknown
}

/** Kafka's name of what went wrong, as `UNKNOWN_TOPIC_OR_PARTITION`, also below what kafkajs wraps around it. */
export function kafkaErrorType(error: unknown): string | undefined {
  const { type, cause } = (error ?? {}) as ErrorOfKafkajs
  return type ?? (cause === undefined ? undefined : kafkaErrorType(cause))
}

/** Weather of the log, with what the broker said. */
export function kafkaUnavailable(what: string, error: unknown): Error {
  const { name, message } = (error ?? {}) as ErrorOfKafkajs
  const isRefusal = /SASL/.test(`${name} ${message}`)
  return logUnavailable(isRefusal ? `${what} (KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD)` : what, error)
}
