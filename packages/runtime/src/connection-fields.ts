import { z } from 'zod'

/**
 * Where the log, the archive and the job queue are: fields to spread into a service's configuration, so that each
 * variable means the same everywhere. What is not set is embedded: the log in Postgres, the archive in a folder, jobs in
 * process.
 */

const flag = z.enum(['true', 'false'], 'expected true or false').transform((text) => text === 'true')

const HOST_AND_PORT = /^[^\s,:]+:\d{1,5}$/
const brokers = z
  .string()
  .transform((text) => text.split(',').map((broker) => broker.trim()))
  .refine((list) => list.every((broker) => HOST_AND_PORT.test(broker)), {
    error: 'expected host:port, or several with commas between them',
  })

/** Read by `@millrace/event-log/open-log`. */
export const logFields = {
  KAFKA_BROKERS: brokers.optional(),
  /** Before the names of topics and groups, for a cluster that others use too. */
  KAFKA_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{0,80}$/, 'expected letters, digits, dots, underscores and hyphens')
    .default(''),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_TLS: flag.default(false),
  /** Paths of PEM files: who signed the brokers' certificates, and our own certificate and key. */
  KAFKA_TLS_CA: z.string().optional(),
  KAFKA_TLS_CERT: z.string().optional(),
  KAFKA_TLS_KEY: z.string().optional(),
  KAFKA_COMPRESSION: z.enum(['gzip', 'none']).default('gzip'),
  /** Of topics that we make; unless given 3, or as many brokers as there are. */
  KAFKA_REPLICATION: z.coerce.number().int().min(1).max(100).optional(),
}

/** Read by `@millrace/archive/open-archive`. The SDK reads the usual AWS variables for region and credentials. */
export const archiveFields = {
  S3_BUCKET: z.string().min(3, 'expected the name of a bucket').optional(),
  /** Before every key, without the slash at its end. */
  S3_PREFIX: z
    .string()
    .regex(/^([A-Za-z0-9._=-]+(\/[A-Za-z0-9._=-]+)*)?$/, 'expected a path such as millrace/production')
    .default(''),
  /** Of a server that is not Amazon's, as http://127.0.0.1:9000; then the bucket stands in the path. */
  S3_ENDPOINT: z.url('expected an address like http://127.0.0.1:9000').optional(),
}

/** Read by `@millrace/job-queue/open-job-queue`. */
export const queueFields = {
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'expected redis://host:6379 or rediss://host:6379')
    .optional(),
  /** Before every key, for a Redis that others use too. */
  REDIS_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,80}$/, 'expected letters, digits, dots, underscores and hyphens')
    .default('millrace'),
}
