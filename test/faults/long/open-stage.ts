import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Archive } from '@millrace/archive/archive'
import { createS3Archive } from '@millrace/archive/s3'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'
import { createKafkaLog } from '@millrace/event-log/kafka'
import { migrateWarehouse } from '@millrace/warehouse/migrate-warehouse'
import pg from 'pg'
import { createTestBucket } from '../../support/create-test-bucket.ts'
import { onServer } from '../../support/on-server.ts'
import { partsEnv } from '../../support/parts-env.ts'
import type { ServerNode } from '../../support/servers/server-node.ts'
import { startKafka } from '../../support/servers/start-kafka.ts'
import { startPostgres } from '../../support/servers/start-postgres.ts'
import { startRedis } from '../../support/servers/start-redis.ts'
import { startS3 } from '../../support/servers/start-s3.ts'
import { openFolder } from '../../support/servers/temporary-folder.ts'
import { createServiceNodes, type ServiceName } from './stage-services.ts'

export const SECRET_KEY = 'sk_fault_tests'
const PARTITIONS = 2
export const TOPICS = [EVENTS_TOPIC, QUARANTINE_TOPIC] as const

export type PartName = ServiceName | 'Kafka' | 'Redis' | 'Postgres' | 'S3'

/** Everything of Millrace on servers of its own, each part a process that can be killed. */
export interface Stage {
  readonly parts: Readonly<Record<PartName, readonly ServerNode[]>>
  readonly apis: readonly string[]
  readonly log: EventLog
  readonly archive: Archive
  readonly pool: pg.Pool
  /** What the commands of the CLI need to find it. */
  readonly env: Readonly<Record<string, string>>
  /** Where the services' own words are. */
  readonly folder: string
  close(): Promise<void>
}

const KEYS = [{ key: SECRET_KEY, source: 'faults', kind: 'secret', eventsPerSecond: 1_000_000 }]

/** Fresh servers, topics, bucket and tables, so that all that is found was made by this stage. */
export async function openStage(): Promise<Stage> {
  const closing: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end()
  }
  try {
    const { folder, remove } = await openFolder('faults')
    closing.push(remove)
    const [kafka, redis, s3, postgres] = await startServers(closing)
    const bucket = await createTestBucket(s3)
    await onServer(postgres.url, 'create database millrace')
    const databaseUrl = postgres.url.replace(/\/postgres$/, '/millrace')
    await migrateWarehouse({ databaseUrl, timeZone: 'UTC' })
    const env = {
      ...partsEnv({ kafka, s3, redis }, bucket, databaseUrl),
      WRITE_KEYS: JSON.stringify(KEYS),
      PSEUDONYM_KEY: 'a-key-for-fault-tests-of-32-characters',
      LOG_PARTITIONS: String(PARTITIONS),
      ARCHIVE_FLUSH_SECONDS: '2',
    }
    const working = path.join(folder, 'services')
    await mkdir(working)
    const log = createKafkaLog({ brokers: [kafka.brokers], clientName: 'fault-tests', now: () => new Date() })
    closing.push(() => log.close())
    const credentials = { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey }
    const archive = createS3Archive({ bucket, endpoint: s3.endpoint, region: s3.region, credentials })
    closing.push(() => archive.close())
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 })
    pool.on('error', () => {})
    closing.push(() => pool.end())
    const services = await createServiceNodes(env, working)
    closing.push(() =>
      Promise.all(
        Object.values(services)
          .flat()
          .map(({ node }) => node.kill()),
      ),
    )
    await Promise.all(
      Object.values(services)
        .flat()
        .map(({ node }) => node.start()),
    )
    const nodesOf = Object.entries(services).map(([name, nodes]) => [name, nodes.map(({ node }) => node)])
    return {
      parts: {
        ...(Object.fromEntries(nodesOf) as Record<ServiceName, ServerNode[]>),
        Kafka: kafka.nodes,
        Redis: redis.nodes,
        Postgres: postgres.nodes,
        S3: s3.nodes,
      },
      apis: services['ingest-api'].map(({ url }) => url),
      log,
      archive,
      pool,
      env,
      folder: working,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function startServers(closing: (() => Promise<unknown>)[]) {
  const starting = [
    startKafka(),
    startRedis({ durable: true }),
    startS3(),
    startPostgres({ major: 18, durable: true }),
  ] as const
  for (const one of starting) closing.push(async () => (await one.catch(() => undefined))?.stop())
  return Promise.all(starting)
}
