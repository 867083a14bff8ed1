import { z } from 'zod'

/** The loader's configuration. */
export const Config = z.object({
  DATABASE_URL: z.url(),
  BUSINESS_TIME_ZONE: z.string().default('UTC'),
  BIND_HOST: z.string().default('127.0.0.1'),
  LOADER_PORT: z.coerce.number().int().min(0).max(65535).default(9465),
  LOG_LEVEL: z.string().default('info'),
})
export type Config = z.output<typeof Config>
