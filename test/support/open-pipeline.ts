import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Archive } from '@millrace/archive/archive'
import { createFolderArchive } from '@millrace/archive/folder'
import { createArchiver } from '@millrace/archiver/create-archiver'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC, type StampedEvent } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { createLoader } from '@millrace/loader/create-loader'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createPool } from '@millrace/warehouse/database'
import type { Pool } from 'pg'
import { expect, onTestFinished } from 'vitest'
import type { Stores } from './archiver-stage.ts'
import { createTestDatabase } from './test-database.ts'

export interface Pipeline {
  readonly databaseUrl: string
  /** Of the owner of the tables. */
  readonly pool: Pool
  readonly log: EventLog
  /** As the jobs service sees them, with the rights that it has. */
  readonly jobs: { readonly pool: Pool; readonly log: EventLog }
  readonly archive: Archive
  /** The archive is its folder `archive`. */
  readonly dataDir: string
  publish(events: readonly (StampedEvent | string)[]): Promise<void>
  /** Resolves when all that was published is archived and loaded. */
  settled(): Promise<void>
  /** Ends archiver and loader, so that what comes stays in the log. */
  stop(): Promise<void>
}

export interface PipelineOptions {
  readonly partitions?: number
  readonly timeZone?: string
  /** Of an object of the archive; 50 unless given. */
  readonly flushRecords?: number
  /** Where log and archive are; in Postgres and in the data folder unless given. */
  readonly stores?: Stores
}

const logger = createLogger({ service: 'test', level: 'silent' })

/** Log, archiver and loader on a database and a folder of their own; they end with the test. */
export async function openPipeline({
  partitions = 2,
  timeZone = 'UTC',
  flushRecords = 50,
  stores,
}: PipelineOptions = {}): Promise<Pipeline> {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const dataDir = await mkdtemp(path.join(tmpdir(), 'millrace-data-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  await database.pool.query(
    `insert into pipeline.setting (name, value) values ('business_time_zone', $1)
     on conflict (name) do update set value = excluded.value`,
    [timeZone],
  )
  const archive = stores?.archive.open() ?? createFolderArchive({ folder: path.join(dataDir, 'archive') })
  onTestFinished(() => archive.close())
  const openLog = (role?: string): EventLog => {
    const client = role ? { role } : {}
    const opened =
      stores?.log.open(client) ??
      createPostgresLog({
        ...{ connection: database.url, clientName: 'test', now: () => new Date() },
        ...client,
      })
    onTestFinished(() => opened.close())
    return opened
  }
  const openPool = (role: string): Pool => {
    const opened = createPool({ url: database.url, role, name: 'test' })
    onTestFinished(() => opened.end())
    return opened
  }
  const log = openLog()
  const topics = [EVENTS_TOPIC, QUARANTINE_TOPIC]
  await log.ensureTopics(topics.map((topic) => ({ topic, partitions, retentionHours: 1 })))
  const pool = openPool('millrace_loader')
  const registry = createServiceMetrics()
  const loader = await createLoader({
    ...{ pool, log, archive, timeZone, logger, registry },
    now: () => new Date(),
  })
  const archiver = await createArchiver({
    ...{ log, archive, topics, timeZone, logger, registry, flushRecords },
    flushSeconds: 0.1,
    now: () => new Date(),
  })
  let stopped: Promise<unknown> | undefined
  const stop = async (): Promise<void> => {
    stopped ??= Promise.all([loader.close(), archiver.close()])
    await stopped
  }
  onTestFinished(stop)
  return {
    databaseUrl: database.url,
    pool: database.pool,
    log,
    jobs: { pool: openPool('millrace_jobs'), log: openLog('millrace_jobs') },
    archive,
    dataDir,
    async publish(events) {
      await log.publish([{ topic: EVENTS_TOPIC, records: events.map(recordOf) }])
    },
    async settled() {
      for (const topic of topics)
        await expect.poll(() => behind(log, topic), { timeout: 60_000, interval: 50 }).toBe(0)
    },
    stop,
  }
}

/** As the API makes a record of an event: keyed by person. */
function recordOf(event: StampedEvent | string) {
  if (typeof event === 'string') return { key: event, value: event }
  return {
    key: event.userPerson ?? event.anonymousPerson ?? event.eventId,
    value: JSON.stringify(event),
  }
}

async function behind(log: EventLog, topic: string): Promise<number> {
  const ranges = await log.ranges(topic)
  const groups = await Promise.all(['archiver', 'loader'].map((group) => log.positions(topic, group)))
  return ranges.reduce((sum, { partition, nextOffset }) => {
    const reached = groups.map(
      (positions) => positions.find((position) => position.partition === partition)?.nextOffset ?? 0,
    )
    return sum + nextOffset - Math.min(...reached)
  }, 0)
}
