import { z } from 'zod'

/** Configuration that several services have in common, so that each variable means the same everywhere. */

const POSTGRES_URL = 'expected postgresql://user@host/database'

export const databaseUrl = z.string(POSTGRES_URL).regex(/^postgres(ql)?:\/\//, POSTGRES_URL)

/** 0 takes a free port. */
export const port = (fallback: number) =>
  z.coerce
    .number('expected a port')
    .int('expected a port')
    .min(0, 'expected a port')
    .max(65_535, 'expected a port')
    .default(fallback)

export const bindHost = z.string().default('127.0.0.1')

/** IANA name. */
export const timeZone = z
  .string()
  .refine(isTimeZone, 'expected a time zone like Europe/Vienna')
  .default('UTC')

export const logLevel = z.enum(['debug', 'info', 'warn', 'error', 'silent'])

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}
