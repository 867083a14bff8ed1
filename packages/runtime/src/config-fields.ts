import { z } from 'zod'

/**
 * Configuration that several services have in common, so that each variable means the same everywhere. A description is
 * what `--help` shows.
 */

const POSTGRES_URL = 'expected postgresql://user@host/database'

export const databaseUrl = z
  .string(POSTGRES_URL)
  .regex(/^postgres(ql)?:\/\//, POSTGRES_URL)
  .describe('Postgres 15 or later, as postgresql://user:password@host:5432/database')

/** 0 takes a free port. */
export const port = (fallback: number) =>
  z.coerce
    .number('expected a port')
    .int('expected a port')
    .min(0, 'expected a port')
    .max(65_535, 'expected a port')
    .default(fallback)

export const bindHost = z.string().default('127.0.0.1').describe('address to listen on')

/** Where `millrace up` keeps data and keys, and the other commands look for them, unless DATA_DIR says otherwise. */
export const DEFAULT_DATA_DIR = '.millrace'

export const dataDir = z.string().default(DEFAULT_DATA_DIR).describe('folder of what is embedded')

/** IANA name. */
export const timeZone = z
  .string()
  .refine(isTimeZone, 'expected a time zone like Europe/Vienna')
  .default('UTC')
  .describe('whose days the KPIs count')

/** Where the user's own definitions are: a folder `kpis` with a file a KPI. */
export const definitions = z
  .string()
  .optional()
  .describe('folder of your own definitions, its kpis a file a KPI (docs/extending.md)')

export const logLevel = z
  .enum(['debug', 'info', 'warn', 'error', 'silent'])
  .describe('debug, info, warn, error or silent')

/** `true` or `false`. */
export const flag = z.enum(['true', 'false'], 'expected true or false').transform((text) => text === 'true')

export const logFile = z
  .string()
  .optional()
  .describe('a file to which the lines of the log are added too; several services may share one')

/** Of the topics, when they are made. */
export const topicFields = {
  LOG_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(4)
    .describe('partitions of new topics, never changed: loaders and archivers scale up to it'),
  LOG_RETENTION_HOURS: z.coerce
    .number()
    .int()
    .min(1)
    .default(168)
    .describe('how long new topics keep events'),
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}
