import { z } from 'zod'

/** The archiver's configuration. */
export const Config = z.object({
  DATABASE_URL: z
    .string('expected postgresql://user@host/database')
    .regex(/^postgres(ql)?:\/\//, 'expected postgresql://user@host/database'),
  /** The archive is its folder `archive`. */
  DATA_DIR: z.string().default('.millrace'),
  BUSINESS_TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'expected an IANA time zone, as Europe/Vienna')
    .default('UTC'),
  ARCHIVE_FLUSH_RECORDS: z.coerce.number().int().min(1).max(100_000).default(10_000),
  ARCHIVE_FLUSH_SECONDS: z.coerce.number().positive().max(3_600).default(10),
  BIND_HOST: z.string().default('127.0.0.1'),
  ARCHIVER_PORT: z.coerce.number().int().min(0).max(65_535).default(9466),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})
export type Config = z.output<typeof Config>

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}
