import { bindHost, databaseUrl, logLevel, port, timeZone } from '@millrace/runtime/config-fields'
import { z } from 'zod'

/** The archiver's configuration. */
export const Config = z.object({
  DATABASE_URL: databaseUrl,
  /** The archive is its folder `archive`. */
  DATA_DIR: z.string().default('.millrace'),
  BUSINESS_TIME_ZONE: timeZone,
  ARCHIVE_FLUSH_RECORDS: z.coerce.number().int().min(1).max(100_000).default(10_000),
  ARCHIVE_FLUSH_SECONDS: z.coerce.number().positive().max(3_600).default(10),
  BIND_HOST: bindHost,
  ARCHIVER_PORT: port(9466),
  LOG_LEVEL: logLevel.default('info'),
})
export type Config = z.output<typeof Config>
