import { bindHost, databaseUrl, logLevel, port, timeZone } from '@millrace/runtime/config-fields'
import { z } from 'zod'
import { DEFAULT_DATA_DIR } from '../data-dir.ts'

/** The environment of `millrace up`. What is not set runs embedded, in the data folder. */
export const Config = z.object({
  INGEST_PORT: port(8080),
  BOARD_PORT: port(8081),
  EXPORTER_PORT: port(9464),
  LOADER_PORT: port(9465),
  ARCHIVER_PORT: port(9466),
  BIND_HOST: bindHost,
  DATA_DIR: z.string().default(DEFAULT_DATA_DIR),
  DATABASE_URL: databaseUrl.optional(),
  /** JSON, or the path of a file that holds it. */
  WRITE_KEYS: z.string().optional(),
  PSEUDONYM_KEY: z.string().min(32, 'expected a secret of at least 32 characters').optional(),
  BUSINESS_TIME_ZONE: timeZone,
  /** The API's address as browsers reach it, where that is not its own. */
  INGEST_URL: z.url('expected an address like https://events.shop.example').optional(),
  BOARD_REFRESH_SECONDS: z.coerce.number().positive().max(3600).default(1),
  ARCHIVE_FLUSH_RECORDS: z.coerce.number().int().min(1).max(100_000).default(10_000),
  ARCHIVE_FLUSH_SECONDS: z.coerce.number().positive().max(3600).default(10),
  KPI_REFRESH_SECONDS: z.coerce.number().positive().max(3600).default(1),
  KPI_STALE_SECONDS: z.coerce.number().positive().default(600),
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
  LOG_LEVEL: logLevel.default('warn'),
  NODE_ENV: z.string().optional(),
})
export type Config = z.output<typeof Config>
