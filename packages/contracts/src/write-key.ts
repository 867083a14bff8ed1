import { z } from 'zod'

/** A write key: who may send what. Public keys stand in web pages, secret keys only on servers. */
export const WriteKey = z.strictObject({
  key: z.string().min(8).max(200),
  source: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'lower-case letters, digits, - and _'),
  kind: z.enum(['public', 'secret']),
  /** Origins that browsers may send from; absent: any. */
  origins: z.array(z.string()).optional(),
  /** May send timestamps of any age. */
  historical: z.boolean().optional(),
  /** Its events count for no KPI. */
  canary: z.boolean().optional(),
  /** Event names it may send; absent: all that its kind may. */
  events: z.array(z.string()).optional(),
  /** Events a second, sustained. */
  eventsPerSecond: z.number().positive().optional(),
})
export type WriteKey = z.output<typeof WriteKey>

export const WriteKeys = z.array(WriteKey).min(1)
