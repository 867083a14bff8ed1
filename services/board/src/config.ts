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

/** The board's configuration. */
export const Config = z.object({
  DATABASE_URL: databaseUrl,
  BUSINESS_TIME_ZONE: timeZone,
  MILLRACE_DEFINITIONS: definitions,
  BIND_HOST: bindHost,
  BOARD_PORT: port(8081).describe('the board'),
  INGEST_URL: z
    .url('expected an address like https://events.shop.example')
    .default('http://127.0.0.1:8080')
    .describe('the API as browsers reach it'),
  PUBLIC_WRITE_KEY: z.string().optional().describe('public write key to show and to send sample events with'),
  BOARD_REFRESH_SECONDS: z.coerce
    .number()
    .positive()
    .max(3600)
    .default(1)
    .describe('how often the board is computed'),
  LOG_LEVEL: logLevel.default('info'),
  LOG_FILE: logFile,
})
export type Config = z.output<typeof Config>
