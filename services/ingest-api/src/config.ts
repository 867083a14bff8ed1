import {
  bindHost,
  databaseUrl,
  dataDir,
  flag,
  logFile,
  logLevel,
  port,
  topicFields,
} from '@millrace/runtime/config-fields'
import { archiveFields, logFields, needsBucket, needsLog } from '@millrace/runtime/connection-fields'
import { z } from 'zod'
import { SHORTEST_KEY } from './read-pseudonym-keys.ts'

const A_KEY = `expected a secret of at least ${SHORTEST_KEY} characters, or @ and the path of a file that holds it`
const pseudonymKey = z
  .string(A_KEY)
  .refine((given) => given.startsWith('@') || given.length >= SHORTEST_KEY, A_KEY)

/** The environment of the ingest API as a process of its own. */
export const Config = z
  .object({
    INGEST_PORT: port(8080).describe('API, docs, health and metrics'),
    BIND_HOST: bindHost,
    WRITE_KEYS: z
      .string('expected a JSON array of write keys or the path of a file that holds it')
      .describe('write keys as JSON, or the path of a file that holds it'),
    PSEUDONYM_KEY: pseudonymKey.describe(
      'secret of at least 32 characters, from which people get their pseudonyms; or @ and a file that holds it',
    ),
    PSEUDONYM_KEY_RETIRED: pseudonymKey
      .optional()
      .describe('the key before it, in a rotation: people who were known by it stay the same people'),
    ...logFields,
    DATABASE_URL: databaseUrl.optional().describe('Postgres that holds the log where there is no Kafka'),
    ...topicFields,
    ...archiveFields,
    DATA_DIR: dataDir,
    MAX_EVENT_AGE_DAYS: z.coerce
      .number()
      .positive()
      .default(30)
      .describe('older events are quarantined, unless their key is historical'),
    CONSENT_POLICY: z
      .enum(['suppress', 'anonymous'])
      .default('suppress')
      .describe('what becomes of an event whose sender said no: suppress or anonymous'),
    CONSENT_CATEGORIES: z
      .string()
      .default('analytics')
      .describe('consent categories of the site that stand for analytics, with commas, as analytics,C0002'),
    HONOUR_DNT: flag.default(false).describe('true: DNT: 1 is a denial too, as Sec-GPC: 1 always is'),
    PRIVACY_POLICY: z
      .string()
      .optional()
      .describe('a JSON file of rules: what becomes of which field (docs/privacy.md)'),
    TRUST_PROXY: z
      .string()
      .transform((text) => (/^\d+$/.test(text) ? Number(text) : text))
      .optional()
      .describe('how many proxies stand before the API, or their addresses with commas'),
    LOG_LEVEL: logLevel.default('info'),
    LOG_FILE: logFile,
  })
  .refine(...needsLog)
  .refine(...needsBucket)
export type Config = z.output<typeof Config>
