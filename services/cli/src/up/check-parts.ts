import path from 'node:path'
import { openArchive } from '@millrace/archive/open-archive'
import { Fault } from '@millrace/contracts/fault'
import { openLog } from '@millrace/event-log/open-log'
import { createTopics } from '@millrace/ingest-api/create-topics'
import { openJobQueue } from '@millrace/job-queue/open-job-queue'
import type { Closable } from '@millrace/runtime/close-on-signal'
import type { Config } from './config.ts'

export interface PartsDeps {
  /** With the DATABASE_URL of the Postgres that was opened. */
  readonly config: Config
  readonly now: () => Date
  /** Told of each part that answers: whether it is embedded or real, and where; no secrets. */
  readonly step: (line: string) => void
}

/** Where a part is, without secrets. */
export interface PartPlaces {
  readonly archive: string
}

/**
 * Asks the log, the archive and the job queue, before any service does, and makes the topics.
 * @throws Fault that names the variable of a part that is configured and cannot be used.
 */
export async function checkParts({ config, now, step }: PartsDeps): Promise<PartPlaces> {
  const brokers = config.KAFKA_BROKERS?.join(', ')
  await use(
    brokers ? 'KAFKA_BROKERS' : 'DATABASE_URL',
    () => openLog(config, { clientName: 'up', role: 'millrace_ingest', now }),
    (log) => createTopics(log, config),
  )
  step(brokers ? `Log: Kafka at ${brokers} (KAFKA_BROKERS)` : 'Log: embedded, in Postgres')

  await use(
    config.S3_BUCKET ? 'S3_BUCKET' : 'DATA_DIR',
    () => openArchive(config),
    (archive) => archive.head('resume/health'),
  )
  const archive = archivePlace(config)
  step(config.S3_BUCKET ? `Archive: ${archive} (S3_BUCKET)` : `Archive: embedded, ${archive}`)

  await use(
    'REDIS_URL',
    () => openJobQueue(config, { now }),
    (queue) => queue.counts(),
  )
  step(
    config.REDIS_URL
      ? `Jobs: Redis at ${new URL(config.REDIS_URL).host} (REDIS_URL)`
      : 'Jobs: embedded, in process',
  )
  return { archive }
}

function archivePlace({ S3_BUCKET: bucket, S3_ENDPOINT: endpoint, DATA_DIR: dataDir }: Config): string {
  if (!bucket) return path.resolve(dataDir, 'archive')
  return endpoint ? `bucket ${bucket} at ${new URL(endpoint).host}` : `bucket ${bucket}`
}

async function use<P extends Closable>(
  variable: string,
  open: () => Promise<P>,
  ask: (part: P) => Promise<unknown>,
): Promise<void> {
  const part = await open()
  try {
    await ask(part)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Fault(cause.code, `${variable}: ${cause.message}`, { cause })
  } finally {
    await part.close()
  }
}
