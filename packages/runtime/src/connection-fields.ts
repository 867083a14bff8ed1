import { z } from 'zod'
import { flag } from './config-fields.ts'

/**
 * Where the log, the archive and the job queue are: fields to spread into a service's configuration, so that each
 * variable means the same everywhere. What is not set is embedded: the log in Postgres, the archive in a folder, jobs in
 * process.
 */

const HOST_AND_PORT = /^[^\s,:]+:\d{1,5}$/
const brokers = z
  .string()
  .transform((text) => text.split(',').map((broker) => broker.trim()))
  .refine((list) => list.every((broker) => HOST_AND_PORT.test(broker)), {
    error: 'expected host:port, or several with commas between them',
  })

/** Read by `@millrace/event-log/open-log`. */
export const logFields = {
  KAFKA_BROKERS: brokers.optional().describe('Kafka, as host:9092, with commas; else the log is in Postgres'),
  KAFKA_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{0,80}$/, 'expected letters, digits, dots, underscores and hyphens')
    .default('')
    .describe('before the names of topics and groups, for a cluster that others use too'),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .describe('plain, scram-sha-256 or scram-sha-512'),
  KAFKA_SASL_USERNAME: z.string().optional().describe('with KAFKA_SASL_MECHANISM'),
  KAFKA_SASL_PASSWORD: z.string().optional().describe('with KAFKA_SASL_MECHANISM'),
  KAFKA_TLS: flag.default(false).describe('true or false'),
  KAFKA_TLS_CA: z.string().optional().describe("PEM file: who signed the brokers' certificates"),
  KAFKA_TLS_CERT: z.string().optional().describe('PEM file: our own certificate'),
  KAFKA_TLS_KEY: z.string().optional().describe('PEM file: the key of our own certificate'),
  KAFKA_COMPRESSION: z.enum(['gzip', 'none']).default('gzip').describe('gzip or none'),
  KAFKA_REPLICATION: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('copies of new topics; else 3, or as many as there are brokers'),
}

/** Read by `@millrace/archive/open-archive`. The SDK reads the usual AWS variables for region and credentials. */
export const archiveFields = {
  S3_BUCKET: z
    .string()
    .min(3, 'expected the name of a bucket')
    .optional()
    .describe('bucket of the archive; else it is a folder in DATA_DIR'),
  S3_PREFIX: z
    .string()
    .regex(/^([A-Za-z0-9._=-]+(\/[A-Za-z0-9._=-]+)*)?$/, 'expected a path such as millrace/production')
    .default('')
    .describe('before every key, as millrace/production'),
  S3_ENDPOINT: z
    .url('expected an address like http://127.0.0.1:9000')
    .optional()
    .describe("address of an S3 server that is not Amazon's; credentials by the usual AWS variables"),
}

/** Read by `@millrace/job-queue/open-job-queue`. */
export const queueFields = {
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'expected redis://host:6379 or rediss://host:6379')
    .optional()
    .describe('Redis 6.2 or later, as redis://host:6379; else jobs are in process'),
  REDIS_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,80}$/, 'expected letters, digits, dots, underscores and hyphens')
    .default('millrace')
    .describe('before every key, for a Redis that others use too'),
}

interface LogPlace {
  readonly KAFKA_BROKERS?: unknown
  readonly DATABASE_URL?: unknown
}

/** For a schema of logFields and an optional DATABASE_URL: `schema.refine(...needsLog)`. */
export const needsLog: [(config: LogPlace) => boolean, { error: string; path: string[] }] = [
  ({ KAFKA_BROKERS, DATABASE_URL }) => KAFKA_BROKERS !== undefined || DATABASE_URL !== undefined,
  { error: 'expected it or DATABASE_URL: one of them has to hold the log', path: ['KAFKA_BROKERS'] },
]

interface ArchivePlace {
  readonly S3_BUCKET?: unknown
  readonly S3_ENDPOINT?: unknown
}

/** For a schema of archiveFields: an address alone would leave the archive in a folder. */
export const needsBucket: [(config: ArchivePlace) => boolean, { error: string; path: string[] }] = [
  ({ S3_BUCKET, S3_ENDPOINT }) => S3_BUCKET !== undefined || S3_ENDPOINT === undefined,
  { error: 'expected the name of a bucket: S3_ENDPOINT is set', path: ['S3_BUCKET'] },
]
