import { z } from 'zod'

/** The board's configuration. */
export const Config = z.object({
  DATABASE_URL: z
    .string('expected postgresql://user@host/database')
    .regex(/^postgres(ql)?:\/\//, 'expected postgresql://user@host/database'),
  BUSINESS_TIME_ZONE: z.string().default('UTC'),
  BIND_HOST: z.string().default('127.0.0.1'),
  BOARD_PORT: z.coerce.number().int().min(0).max(65_535).default(8081),
  /** The API's address as browsers reach it. */
  INGEST_URL: z.url('expected an address like https://events.shop.example').default('http://127.0.0.1:8080'),
  /** A public write key to show and to send sample events with. */
  PUBLIC_WRITE_KEY: z.string().optional(),
  BOARD_REFRESH_SECONDS: z.coerce.number().positive().max(3600).default(1),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})
export type Config = z.output<typeof Config>
