import {
  bindHost,
  databaseUrl,
  dataDir,
  logFile,
  logLevel,
  port,
  timeZone,
} from '@millrace/runtime/config-fields'
import { archiveFields, logFields, needsBucket } from '@millrace/runtime/connection-fields'
import { z } from 'zod'

/** The loader's configuration. */
export const Config = z
  .object({
    ...logFields,
    ...archiveFields,
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    BUSINESS_TIME_ZONE: timeZone,
    BIND_HOST: bindHost,
    LOADER_PORT: port(9465).describe("the loader's own metrics and health"),
    LOG_LEVEL: logLevel.default('info'),
    LOG_FILE: logFile,
  })
  .refine(...needsBucket)
export type Config = z.output<typeof Config>
