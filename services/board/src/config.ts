import { bindHost, databaseUrl, logLevel, port, timeZone } from '@millrace/runtime/config-fields'
import { z } from 'zod'

/** The board's configuration. */
export const Config = z.object({
  DATABASE_URL: databaseUrl,
  BUSINESS_TIME_ZONE: timeZone,
  BIND_HOST: bindHost,
  BOARD_PORT: port(8081),
  /** The API's address as browsers reach it. */
  INGEST_URL: z.url('expected an address like https://events.shop.example').default('http://127.0.0.1:8080'),
  /** A public write key to show and to send sample events with. */
  PUBLIC_WRITE_KEY: z.string().optional(),
  BOARD_REFRESH_SECONDS: z.coerce.number().positive().max(3600).default(1),
  LOG_LEVEL: logLevel.default('info'),
})
export type Config = z.output<typeof Config>
