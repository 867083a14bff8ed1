import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Archive } from '@millrace/archive/archive'
import { createFolderArchive } from '@millrace/archive/folder'
import { type ArchivedRange, listArchived } from '@millrace/archive/list-archived'
import { readRecords } from '@millrace/archive/read-records'
import { ARCHIVER_GROUP, createArchiver } from '@millrace/archiver/create-archiver'
import { QUARANTINE_TOPIC, type QuarantinedEvent } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog, LogRecord } from '@millrace/event-log/event-log'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { expect, onTestFinished, test } from 'vitest'
import { type RunningProgram, runMillrace } from '../support/run-program.ts'
import { scrape } from '../support/scrape.ts'
import { stampedEvent } from '../support/stamped-event.ts'
import { createTestDatabase } from '../support/test-database.ts'

test('an object holds the records of one partition as lines, and its metadata say what is in it', async () => {
  const { log, archive, start } = await open(1)
  const events = ['2026-11-20T22:30:00.000Z', '2026-11-20T23:30:00.000Z', '2026-11-19T12:00:00.000Z'].map(
    (timestamp, n) =>
      stampedEvent({ messageId: `m${n}`, timestamp, receivedAt: `2026-11-21T1${2 - n}:00:00.000Z` }),
  )
  const records = events.map((event) => ({ key: event.eventId, value: JSON.stringify(event) }))
  await log.publish([{ topic: EVENTS_TOPIC, records: [{ ...records[0], headers: { h: '1' } } as LogRecord] }])
  await log.publish([{ topic: EVENTS_TOPIC, records: records.slice(1) }])
  await start({ flushSeconds: 0.2, timeZone: 'Europe/Vienna' })
  await expect.poll(() => ranges(archive, EVENTS_TOPIC), { timeout: 10_000 }).toHaveLength(1)
  const [object] = await ranges(archive, EVENTS_TOPIC)
  const key = 'raw/events.v1/received_hour=2026-11-21T12/p0000-0000000000000000000.ndjson.gz'
  expect(object).toEqual({ partition: 0, firstOffset: 0, lastOffset: 2, count: 3, key })
  expect((await archive.head(key))?.metadata).toEqual({
    first_offset: '0',
    last_offset: '2',
    count: '3',
    least_received_at: '2026-11-21T10:00:00.000Z',
    greatest_received_at: '2026-11-21T12:00:00.000Z',
    least_business_date: '2026-11-19',
    greatest_business_date: '2026-11-21',
  })
  const lines = await recordsOf(archive, key)
  expect(lines).toEqual(
    events.map((event, offset) => ({
      offset,
      key: event.eventId,
      ...(offset === 0 ? { headers: { h: '1' } } : {}),
      event,
    })),
  )
})

test('quarantined events are archived too; they have no business date', async () => {
  const { log, archive, start } = await open(1)
  const rejected: QuarantinedEvent = {
    source: 'web',
    keyKind: 'public',
    requestId: 'r',
    receivedAt: '2026-11-21T09:59:59.999Z',
    code: 'schema_invalid',
    path: 'event',
    detail: 'expected a name',
    people: {},
  }
  await log.publish([
    { topic: QUARANTINE_TOPIC, records: [{ key: 'k', value: JSON.stringify(rejected) }] },
    { topic: EVENTS_TOPIC, records: [{ key: 'k', value: 'no json' }] },
  ])
  await start({ flushSeconds: 0.1 })
  await expect.poll(() => ranges(archive, QUARANTINE_TOPIC), { timeout: 10_000 }).toHaveLength(1)
  const [object] = await ranges(archive, QUARANTINE_TOPIC)
  expect(object?.key).toContain('raw/quarantine.v1/received_hour=2026-11-21T09/')
  const { metadata } = (await archive.head(object?.key ?? '')) ?? {}
  expect(metadata).not.toHaveProperty('least_business_date')
  expect(metadata).toMatchObject({ least_received_at: rejected.receivedAt })
  await expect.poll(() => ranges(archive, EVENTS_TOPIC), { timeout: 10_000 }).toHaveLength(1)
  const [odd] = await ranges(archive, EVENTS_TOPIC)
  expect(odd?.key).toContain('received_hour=1970-01-01T00/')
  expect(await recordsOf(archive, odd?.key ?? '')).toEqual([{ offset: 0, key: 'k', event: 'no json' }])
})

test('a full object is stored at once, a short one when its first record has waited', async () => {
  const { log, archive, start } = await open(1)
  await start({ flushRecords: 100, flushSeconds: 4 })
  await publish(log, 250)
  const counts = async () => (await ranges(archive, EVENTS_TOPIC)).map(({ count }) => count)
  await expect.poll(counts, { timeout: 3_500 }).toEqual([100, 100])
  await expect.poll(counts, { timeout: 10_000 }).toEqual([100, 100, 50])
})

test('archiver processes are killed again and again: in the end the archive holds each record of the log once', async () => {
  const { log, archive, database, dataDir } = await open(3)
  let published = 0
  let publishing = true
  const publisher = (async () => {
    while (publishing) {
      await publish(log, 40)
      published += 40
      await new Promise((resolve) => setTimeout(resolve, 15))
    }
  })()
  for (let round = 0; round < 4; round++) {
    const victims = [startProcess(database, dataDir, round), startProcess(database, dataDir, round)]
    const before = (await ranges(archive, EVENTS_TOPIC)).length
    await expect
      .poll(async () => (await ranges(archive, EVENTS_TOPIC)).length, { timeout: 20_000, interval: 20 })
      .toBeGreaterThan(before + 2)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 100))
    for (const victim of victims) victim.child.kill('SIGKILL')
    await Promise.all(victims.map(({ ended }) => ended))
  }
  publishing = false
  await publisher
  const last = startProcess(database, dataDir, 9)
  await expect.poll(() => lag(log), { timeout: 20_000 }).toBe(0)
  last.child.kill('SIGKILL')
  await last.ended
  await expectEqual(log, archive)
  expect(published).toBeGreaterThan(200)
}, 120_000)

test('two archivers share the work, also when their connections are cut: each record is archived once', async () => {
  const { log, archive, database, start } = await open(4)
  await start({ flushRecords: 30, flushSeconds: 0.05 })
  await start({ flushRecords: 50, flushSeconds: 0.05 })
  for (let round = 0; round < 8; round++) {
    await publish(log, 200)
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'millrace archiver' and random() < 0.5`,
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await expect.poll(() => lag(log), { timeout: 20_000 }).toBe(0)
  await expectEqual(log, archive)
}, 60_000)

test('while the archive cannot be written the log keeps; when it can, archiving goes on', async () => {
  const { log, archive, start, folder } = await open(1)
  await writeFile(folder, 'in the way')
  await start({ flushSeconds: 0.05 })
  await publish(log, 10)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(await lag(log)).toBe(10)
  await rm(folder)
  await expect.poll(() => lag(log), { timeout: 20_000 }).toBe(0)
  await expectEqual(log, archive)
})

test('the archiver as a process tells its health and its metrics, and stops on SIGTERM', async () => {
  const { log, database, dataDir } = await open(2)
  await publish(log, 300)
  const program = startProcess(database, dataDir, 0)
  const { url } = JSON.parse(await program.firstLine) as { url: string }
  await expect.poll(() => lag(log), { timeout: 20_000 }).toBe(0)
  expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({
    status: 'ready',
    checks: { archiver: true, log: true, archive: true },
  })
  const { samples } = await scrape(`${url}/metrics`)
  expect(samples.get('millrace_archiver_records_total{topic="events.v1"}')).toBe(300)
  expect(samples.get('millrace_archiver_lag_records{topic="events.v1"}')).toBe(0)
  expect(samples.get('millrace_archiver_object_bytes_count')).toBeGreaterThan(0)
  expect(samples.get('millrace_archiver_last_object_timestamp_seconds')).toBeGreaterThan(1.7e9)
  program.child.kill('SIGTERM')
  expect(await program.ended).toBe(0)
})

interface StartOptions {
  readonly flushRecords?: number
  readonly flushSeconds?: number
  readonly timeZone?: string
}

/** A log with both topics, an archive in a folder, and archivers to start on them; all end with the test. */
async function open(partitions: number) {
  const database = await createTestDatabase()
  const dataDir = await mkdtemp(path.join(tmpdir(), 'archiver-'))
  const folder = path.join(dataDir, 'archive')
  const now = () => new Date()
  const log = createPostgresLog({ connection: database.url, clientName: 'test', now })
  const archive = createFolderArchive({ folder })
  onTestFinished(async () => {
    await log.close()
    await archive.close()
    await database.drop()
    await rm(dataDir, { recursive: true })
  })
  const topics = [EVENTS_TOPIC, QUARANTINE_TOPIC]
  await log.ensureTopics(topics.map((topic) => ({ topic, partitions, retentionHours: 24 })))
  const role = 'millrace_archiver'
  async function start(options: StartOptions): Promise<void> {
    const ownLog = createPostgresLog({ connection: database.url, clientName: 'archiver', role, now })
    const ownArchive = createFolderArchive({ folder })
    const archiver = await createArchiver({
      log: ownLog,
      archive: ownArchive,
      topics,
      timeZone: 'UTC',
      logger: createLogger({ service: 'test', level: 'silent' }),
      registry: createServiceMetrics(),
      now,
      ...options,
    })
    onTestFinished(async () => {
      await archiver.close()
      await ownLog.close()
      await ownArchive.close()
    })
  }
  return { database, dataDir, folder, log, archive, start }
}

function startProcess(database: { readonly url: string }, dataDir: string, round: number): RunningProgram {
  const program = runMillrace(['archiver', '--json'], {
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    ARCHIVER_PORT: '0',
    ARCHIVE_FLUSH_RECORDS: `${20 + 7 * round}`,
    ARCHIVE_FLUSH_SECONDS: '0.05',
  })
  onTestFinished(() => void program.child.kill('SIGKILL'))
  return program
}

let sequence = 0

async function publish(log: EventLog, count: number): Promise<void> {
  const records = Array.from({ length: count }, () => {
    const event = stampedEvent({
      messageId: `m${sequence++}`,
      receivedAt: `2026-11-21T1${sequence % 10}:00:00.000Z`,
    })
    return { key: event.eventId, value: JSON.stringify(event) }
  })
  await log.publish([{ topic: EVENTS_TOPIC, records }])
}

async function ranges(archive: Archive, topic: string): Promise<ArchivedRange[]> {
  const found: ArchivedRange[] = []
  for await (const range of listArchived(archive, topic)) found.push(range)
  return found.sort((a, b) => a.partition - b.partition || a.firstOffset - b.firstOffset)
}

async function recordsOf(archive: Archive, key: string) {
  const records = []
  for await (const record of readRecords(archive, key)) records.push(record)
  return records
}

async function lag(log: EventLog): Promise<number> {
  const reached = new Map(
    (await log.positions(EVENTS_TOPIC, ARCHIVER_GROUP)).map((at) => [at.partition, at.nextOffset]),
  )
  const ends = await log.ranges(EVENTS_TOPIC)
  return ends.reduce((sum, { partition, nextOffset }) => sum + nextOffset - (reached.get(partition) ?? 0), 0)
}

/** The archive equals the log, offset by offset, each once, and the metadata say what the objects hold. */
async function expectEqual(log: EventLog, archive: Archive): Promise<void> {
  const archived: string[] = []
  for (const { key, partition, firstOffset, lastOffset, count } of await ranges(archive, EVENTS_TOPIC)) {
    const records = await recordsOf(archive, key)
    expect(records.map(({ offset }) => offset)).toEqual(
      Array.from({ length: count }, (_, n) => firstOffset + n),
    )
    expect(lastOffset).toBe(firstOffset + count - 1)
    for (const record of records) {
      if (!record.erased)
        archived.push(`${partition} ${record.offset} ${record.key} ${JSON.stringify(record.event)}`)
    }
  }
  const total = (await log.ranges(EVENTS_TOPIC)).reduce((sum, { nextOffset }) => sum + nextOffset, 0)
  const logged: string[] = []
  const consumer = await log.consume({
    topics: [EVENTS_TOPIC],
    group: 'compare',
    async handle({ partition, records }) {
      logged.push(...records.map(({ offset, key, value }) => `${partition} ${offset} ${key} ${value}`))
    },
  })
  await expect.poll(() => logged.length, { timeout: 10_000 }).toBe(total)
  await consumer.close()
  expect(archived.sort()).toEqual(logged.sort())
}
