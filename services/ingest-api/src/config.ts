import { bindHost, databaseUrl, logLevel, port } from '@millrace/runtime/config-fields'
import { z } from 'zod'

/** The environment of the ingest API as a process of its own, with its log on Postgres. */
export const Config = z.object({
  INGEST_PORT: port(8080),
  BIND_HOST: bindHost,
  /** JSON, or the path of a file that holds it. */
  WRITE_KEYS: z.string('expected a JSON array of write keys or the path of a file that holds it'),
  PSEUDONYM_KEY: z
    .string('expected a secret of at least 32 characters')
    .min(32, 'expected a secret of at least 32 characters'),
  DATABASE_URL: databaseUrl,
  /** Fixed when the topics are made: loaders and archivers scale up to it. */
  LOG_PARTITIONS: z.coerce.number().int().min(1).max(1024).default(4),
  LOG_RETENTION_HOURS: z.coerce.number().int().min(1).default(168),
  MAX_EVENT_AGE_DAYS: z.coerce.number().positive().default(30),
  CONSENT_POLICY: z.enum(['suppress', 'anonymous']).default('suppress'),
  /** How many proxies stand before the API, or their addresses as a list with commas. */
  TRUST_PROXY: z
    .string()
    .transform((text) => (/^\d+$/.test(text) ? Number(text) : text))
    .optional(),
  LOG_LEVEL: logLevel.default('info'),
})
export type Config = z.output<typeof Config>
