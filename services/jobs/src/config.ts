import {
  bindHost,
  databaseUrl,
  dataDir,
  definitions,
  logFile,
  logLevel,
  port,
  timeZone,
} from '@millrace/runtime/config-fields'
import { archiveFields, logFields, needsBucket, queueFields } from '@millrace/runtime/connection-fields'
import { z } from 'zod'

const days = z.coerce.number('expected a number of days').int('expected a whole number of days')

/** The configuration of the jobs service. */
export const Config = z
  .object({
    ...logFields,
    ...archiveFields,
    ...queueFields,
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    BUSINESS_TIME_ZONE: timeZone,
    MILLRACE_DEFINITIONS: definitions,
    RAW_KEEP_DAYS: days
      .min(1, 'expected 1 day or more')
      .optional()
      .describe('how long the raw archive is kept; else for ever'),
    FACTS_KEEP_DAYS: days
      .min(31, 'expected 31 days or more: months are counted')
      .optional()
      .describe('how long facts are kept, totals stay; else for ever'),
    QUARANTINE_KEEP_DAYS: days
      .min(1, 'expected 1 day or more')
      .default(90)
      .describe('how long quarantined events are kept'),
    INGEST_URL: z
      .url('expected an address like http://127.0.0.1:8080')
      .optional()
      .describe('the API as the canary reaches it; else no delay is measured'),
    CANARY_WRITE_KEY: z
      .string()
      .min(8, 'expected a write key with "canary": true')
      .optional()
      .describe('a write key with "canary": true; else no delay is measured'),
    CANARY_SOURCE: z.string().default('canary').describe('source of CANARY_WRITE_KEY'),
    CANARY_SECONDS: z.coerce
      .number()
      .int()
      .min(5)
      .max(86_400)
      .default(60)
      .describe('how often a canary event is sent'),
    CANARY_SEARCH_FILES: z
      .string()
      .default('')
      .transform((list) =>
        list
          .split(',')
          .map((path) => path.trim())
          .filter((path) => path !== ''),
      )
      .describe('files of logs and traces in which the canary is looked for, with commas; * in names'),
    BIND_HOST: bindHost,
    JOBS_PORT: port(9467).describe("the jobs' own metrics and health"),
    LOG_LEVEL: logLevel.default('info'),
    LOG_FILE: logFile,
  })
  .refine(...needsBucket)
export type Config = z.output<typeof Config>
