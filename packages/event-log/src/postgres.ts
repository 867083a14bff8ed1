import { Fault } from '@millrace/contracts/fault'
import pg from 'pg'
import { checkConsume, checkName } from './check-names.ts'
import type { Consumer, EventLog, GroupPosition, PartitionRange, TopicSettings } from './event-log.ts'
import { logUnavailable } from './log-unavailable.ts'
import { connectionConfig, queryWithin } from './postgres/connection.ts'
import { createConsumer } from './postgres/create-consumer.ts'
import { createPublisher } from './postgres/create-publisher.ts'
import { readPart } from './postgres/read-part.ts'
import { startRetention } from './postgres/start-retention.ts'

export interface PostgresLogOptions {
  /** A connection string, or what `pg` takes. Consumers need session state: no transaction pooler in between. */
  readonly connection: string | pg.ClientConfig
  /** Shown in pg_stat_activity, as `millrace archiver`. */
  readonly clientName: string
  /** Postgres role to act as, as `millrace_archiver`. */
  readonly role?: string
  readonly now: () => Date
  /** Told what was survived: a handler that threw, a connection that was lost. */
  readonly onError?: (message: string, error: unknown) => void
  /** After this a publish is rejected; 2,000 unless given. */
  readonly publishTimeoutMs?: number
  /** 60,000 unless given. */
  readonly retentionEveryMs?: number
}

/** The event log in tables of Postgres (migrations/0002_event_log.sql). Connects when it is first needed. */
export function createPostgresLog(options: PostgresLogOptions): EventLog {
  const { connection, clientName, role, now, onError = () => undefined } = options
  const timeoutMs = options.publishTimeoutMs ?? 2_000
  const common = { connection, applicationName: `millrace ${clientName}`, ...(role ? { role } : {}) }
  const pool = createPool(
    connectionConfig({ ...common, settings: { statement_timeout: timeoutMs } }),
    timeoutMs,
  )
  // A position lost in a crash of the server is a repeated batch, which every handler bears: no need to wait for disks.
  const consumerConfig = connectionConfig({ ...common, settings: { synchronous_commit: 'off' } })

  const partitionsOf = rememberPartitions(pool, timeoutMs)
  const publisher = createPublisher({ pool, partitionsOf, timeoutMs })
  const retention = startRetention({ pool, everyMs: options.retentionEveryMs ?? 60_000, timeoutMs, onError })
  const consumers = new Set<Consumer>()
  let closed = false

  async function ask<R extends pg.QueryResultRow>(
    what: string,
    query: pg.QueryConfig,
  ): Promise<readonly R[]> {
    try {
      return await queryWithin<R>(pool, query, timeoutMs)
    } catch (cause) {
      throw logUnavailable(`Could not ${what}`, cause)
    }
  }

  return {
    async identity() {
      const [row] = await ask<{ identity: string }>('read which log this is', {
        text: 'select identity from pipeline.log_identity',
      })
      if (!row) throw new Fault('contract_broken', 'pipeline.log_identity is empty: run `millrace migrate`')
      return row.identity
    },
    async ensureTopics(topics) {
      for (const settings of topics) await ask(`make topic ${settings.topic}`, ensureTopic(settings))
    },
    publish: publisher.publish,
    async consume(consume) {
      checkConsume(consume)
      if (closed) throw new Fault('log_unavailable', 'The log is closed')
      const consumer = await createConsumer(consume, {
        config: consumerConfig,
        timeoutMs: 10_000,
        now,
        onError,
      })
      const closable = {
        async close() {
          await consumer.close()
          consumers.delete(closable)
        },
      }
      consumers.add(closable)
      return closable
    },
    async read(ranges, handle) {
      for (const range of ranges)
        await readPart(
          (query) => ask('read records', query),
          range,
          (records) => handle(range, records),
        )
    },
    ranges: (topic) =>
      ask<PartitionRange & pg.QueryResultRow>('read ranges', { text: readRanges, values: [topic] }),
    positions: (topic, group) =>
      ask<GroupPosition & pg.QueryResultRow>('read positions', {
        text: readPositions,
        values: [topic, group],
      }),
    async keptFor(topic) {
      const text = 'select retention_hours as hours from pipeline.log_topic where topic = $1'
      const [row] = await ask<{ hours: number }>('read how long records are kept', { text, values: [topic] })
      return row && row.hours * HOUR_MS
    },
    async close() {
      closed = true
      await Promise.all([...consumers].map((consumer) => consumer.close()))
      await publisher.close()
      await retention.close()
      await pool.end()
    },
  }
}

function createPool(config: pg.ClientConfig, timeoutMs: number): pg.Pool {
  const pool = new pg.Pool({ ...config, max: 3, connectionTimeoutMillis: timeoutMs })
  // A connection that breaks is dropped by the pool; whoever uses it hears of it from its statement.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** A topic's number of partitions never changes: asked for once, by whoever comes first. */
function rememberPartitions(pool: pg.Pool, timeoutMs: number): (topic: string) => Promise<number> {
  const known = new Map<string, Promise<number>>()
  const ask = async (topic: string): Promise<number> => {
    const text = 'select partitions from pipeline.log_topic where topic = $1'
    const [row] = await queryWithin<{ partitions: number }>(pool, { text, values: [topic] }, timeoutMs)
    if (!row) throw new Fault('config_invalid', `Topic ${topic} does not exist: ensureTopics makes it`)
    return row.partitions
  }
  return (topic) => {
    const asked = known.get(topic) ?? ask(topic)
    known.set(topic, asked)
    asked.catch(() => known.delete(topic))
    return asked
  }
}

function ensureTopic({ topic, partitions, retentionHours }: TopicSettings): pg.QueryConfig {
  checkName('topic', topic)
  return { text: 'select pipeline.log_ensure_topic($1, $2, $3)', values: [topic, partitions, retentionHours] }
}

const HOUR_MS = 3_600_000

const readRanges = `select partition, first_offset::float8 as "firstOffset", next_offset::float8 as "nextOffset"
  from pipeline.log_partition where topic = $1 order by partition`

const readPositions = `select partition, next_offset::float8 as "nextOffset"
  from pipeline.log_position where topic = $1 and group_name = $2 order by partition`
