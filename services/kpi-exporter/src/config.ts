import {
  bindHost,
  databaseUrl,
  definitions,
  logFile,
  logLevel,
  port,
  timeZone,
} from '@millrace/runtime/config-fields'
import { z } from 'zod'

/** The exporter's configuration. */
export const Config = z.object({
  DATABASE_URL: databaseUrl,
  BUSINESS_TIME_ZONE: timeZone,
  MILLRACE_DEFINITIONS: definitions,
  BIND_HOST: bindHost,
  EXPORTER_PORT: port(9464).describe('KPI metrics; its own are below /service-metrics'),
  KPI_REFRESH_SECONDS: z.coerce
    .number()
    .positive()
    .max(3600)
    .default(1)
    .describe('how often the KPI metrics are computed'),
  KPI_STALE_SECONDS: z.coerce.number().positive().default(600).describe('older KPI metrics are not shown'),
  LOG_LEVEL: logLevel.default('info'),
  LOG_FILE: logFile,
})
export type Config = z.output<typeof Config>
