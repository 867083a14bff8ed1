import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Archive } from '@millrace/archive/archive'
import { createFolderArchive } from '@millrace/archive/folder'
import { createS3Archive } from '@millrace/archive/s3'
import { type ArchiverDeps, createArchiver } from '@millrace/archiver/create-archiver'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'
import { createKafkaLog } from '@millrace/event-log/kafka'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { onTestFinished } from 'vitest'
import { createTestBucket } from './create-test-bucket.ts'
import { bucketEnv } from './parts-env.ts'
import { type RunningProgram, runMillrace } from './run-program.ts'
import type { S3Address } from './servers/start-s3.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

export interface ClientOptions {
  /** Acts in the database as that role, where there is one. */
  readonly role?: string
  /** Told what was survived. */
  readonly onError?: (message: string, error: unknown) => void
}

/** A log or an archive of a test's own: clients of it, and how a process is told where it is. */
export interface Store<T> {
  open(client?: ClientOptions): T
  readonly env: Readonly<Record<string, string>>
}

export interface ArchiverStage {
  /** The test's own clients. */
  readonly log: EventLog
  readonly archive: Archive
  /** What the archivers in this process survived. */
  readonly survived: readonly string[]
  /** Starts an archiver in this process; it ends with the test. */
  start(options?: Partial<ArchiverDeps>): Promise<void>
  /** Starts `millrace archiver`; it is killed when the test ends. */
  startProcess(env?: Readonly<Record<string, string>>): RunningProgram
}

export type Stores = { readonly log: Store<EventLog>; readonly archive: Store<Archive> }

const TOPICS = [EVENTS_TOPIC, QUARANTINE_TOPIC]
const ROLE = 'millrace_archiver'
const now = (): Date => new Date()

/** Both topics in the log, and archivers to start between log and archive. All of it ends with the test. */
export async function openArchiverStage(stores: Stores, partitions: number): Promise<ArchiverStage> {
  const log = closing(stores.log.open())
  await log.ensureTopics(TOPICS.map((topic) => ({ topic, partitions, retentionHours: 24 })))
  const survived: string[] = []
  const onError = (message: string, error: unknown): void => {
    survived.push(`${message}: ${(error as Error).message}`)
  }
  return {
    log,
    archive: closing(stores.archive.open()),
    survived,
    async start(options = {}) {
      const archiver = await createArchiver({
        log: closing(stores.log.open({ role: ROLE, onError })),
        archive: closing(stores.archive.open({ onError })),
        topics: TOPICS,
        timeZone: 'UTC',
        logger: createLogger({ service: 'test', level: 'silent' }),
        registry: createServiceMetrics(),
        now,
        ...options,
      })
      closing(archiver)
    },
    startProcess(env = {}) {
      const own = { ARCHIVER_PORT: '0', ...stores.log.env, ...stores.archive.env, ...env }
      const program = runMillrace(['archiver', '--json'], own)
      onTestFinished(async () => {
        program.child.kill('SIGKILL')
        await program.ended
      })
      return program
    },
  }
}

/** Log tables in a database of the test's own. */
export async function postgresLogOfTest(): Promise<Store<EventLog> & { readonly database: TestDatabase }> {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  return {
    database,
    env: { DATABASE_URL: database.url },
    open: (client = {}) =>
      createPostgresLog({
        connection: database.url,
        clientName: client.role ? 'archiver' : 'test',
        now,
        ...client,
      }),
  }
}

/** Topics and groups below a prefix of the test's own. */
export function kafkaLogOfTest(brokers: string): Store<EventLog> {
  const prefix = `test-${randomBytes(6).toString('hex')}.`
  return {
    env: { KAFKA_BROKERS: brokers, KAFKA_PREFIX: prefix },
    open: ({ role, onError = () => undefined } = {}) =>
      createKafkaLog({
        brokers: brokers.split(','),
        prefix,
        clientName: role ? 'archiver' : 'test',
        replication: 1,
        now,
        onError,
      }),
  }
}

/** In the given data folder, else in one of the test's own. */
export async function folderOfTest(given?: string): Promise<Store<Archive> & { readonly folder: string }> {
  const dataDir = given ?? (await mkdtemp(path.join(tmpdir(), 'archiver-')))
  if (!given) onTestFinished(() => rm(dataDir, { recursive: true }))
  const folder = path.join(dataDir, 'archive')
  return {
    folder,
    env: { DATA_DIR: dataDir },
    open: ({ onError } = {}) => createFolderArchive({ folder, ...(onError && { onError }) }),
  }
}

/** A bucket of the test's own on that server. */
export async function bucketOfTest(s3: S3Address): Promise<Store<Archive>> {
  const bucket = await createTestBucket(s3)
  const { endpoint, region, accessKeyId, secretAccessKey } = s3
  return {
    env: bucketEnv(s3, bucket),
    open: ({ onError = () => undefined } = {}) =>
      createS3Archive({
        bucket,
        endpoint,
        region,
        credentials: { accessKeyId, secretAccessKey },
        onError,
      }),
  }
}

function closing<T extends { close(): Promise<void> }>(client: T): T {
  onTestFinished(() => client.close())
  return client
}
