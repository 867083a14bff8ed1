import path from 'node:path'
import { openArchive } from '@millrace/archive/open-archive'
import { Fault } from '@millrace/contracts/fault'
import { openLog } from '@millrace/event-log/open-log'
import { createTopics } from '@millrace/ingest-api/create-topics'
import type { Closable } from '@millrace/runtime/close-on-signal'
import type { Config } from './config.ts'

export interface PartsDeps {
  /** With the DATABASE_URL of the Postgres that was opened. */
  readonly config: Config
  readonly now: () => Date
  /** Told of each part that answers: whether it is embedded or real, and where; no secrets. */
  readonly step: (line: string) => void
}

/**
 * Asks the log and the archive, before any service does, and makes the topics.
 * @throws Fault that names the variable of a part that is configured and cannot be used.
 */
export async function checkParts({ config, now, step }: PartsDeps): Promise<void> {
  const { KAFKA_BROKERS: brokers, S3_BUCKET: bucket, S3_ENDPOINT: endpoint } = config
  await use(
    'KAFKA_BROKERS',
    () => openLog(config, { clientName: 'up', role: 'millrace_ingest', now }),
    (log) => createTopics(log, config),
  )
  step(brokers ? `Log: Kafka at ${brokers.join(', ')} (KAFKA_BROKERS)` : 'Log: embedded, in Postgres')

  await use(
    'S3_BUCKET',
    () => openArchive(config),
    (archive) => archive.head('resume/health'),
  )
  const place = endpoint ? `at ${new URL(endpoint).host}` : 'at Amazon'
  step(
    bucket
      ? `Archive: bucket ${bucket} ${place} (S3_BUCKET)`
      : `Archive: embedded, ${path.resolve(config.DATA_DIR, 'archive')}`,
  )
}

async function use<P extends Closable>(
  variable: string,
  open: () => P,
  ask: (part: P) => Promise<unknown>,
): Promise<void> {
  const part = open()
  try {
    await ask(part)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Fault(cause.code, `${variable}: ${cause.message}`, { cause })
  } finally {
    await part.close()
  }
}
