import { z } from 'zod'

/** The exporter's configuration. */
export const Config = z.object({
  DATABASE_URL: z
    .string('expected postgresql://user@host/database')
    .regex(/^postgres(ql)?:\/\//, 'expected postgresql://user@host/database'),
  BUSINESS_TIME_ZONE: z.string().default('UTC'),
  BIND_HOST: z.string().default('127.0.0.1'),
  EXPORTER_PORT: z.coerce.number().int().min(0).max(65_535).default(9464),
  KPI_REFRESH_SECONDS: z.coerce.number().positive().max(3600).default(1),
  KPI_STALE_SECONDS: z.coerce.number().positive().default(600),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})
export type Config = z.output<typeof Config>
