import {
  bindHost,
  databaseUrl,
  dataDir,
  logFile,
  logLevel,
  port,
  timeZone,
} from '@millrace/runtime/config-fields'
import { archiveFields, logFields, needsBucket, needsLog } from '@millrace/runtime/connection-fields'
import { z } from 'zod'

/** The archiver's configuration. */
export const Config = z
  .object({
    ...logFields,
    DATABASE_URL: databaseUrl.optional().describe('Postgres that holds the log where there is no Kafka'),
    ...archiveFields,
    DATA_DIR: dataDir,
    BUSINESS_TIME_ZONE: timeZone,
    ARCHIVE_FLUSH_RECORDS: z.coerce
      .number()
      .int()
      .min(1)
      .max(100_000)
      .default(10_000)
      .describe('an object of the archive holds at most so many events'),
    ARCHIVE_FLUSH_SECONDS: z.coerce
      .number()
      .positive()
      .max(3_600)
      .default(10)
      .describe('and waits at most so long for them'),
    BIND_HOST: bindHost,
    ARCHIVER_PORT: port(9466).describe("the archiver's own metrics and health"),
    LOG_LEVEL: logLevel.default('info'),
    LOG_FILE: logFile,
  })
  .refine(...needsLog)
  .refine(...needsBucket)
export type Config = z.output<typeof Config>
