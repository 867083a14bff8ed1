import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'
import { createBullmqQueue } from '@millrace/job-queue/bullmq'
import type { JobData, RunningJob } from '@millrace/job-queue/job-queue'
import { createApplyRetentionJob, type KeepDays } from '@millrace/jobs/apply-retention-job'
import { createCompactArchiveJob } from '@millrace/jobs/compact-archive-job'
import { createReconcileJob } from '@millrace/jobs/reconcile-job'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { readFactsKept } from '@millrace/warehouse/facts-kept'
import { expect, onTestFinished, test } from 'vitest'
import { clearRedis } from '../support/ask-redis.ts'
import { differences, seriesOf } from '../support/loading.ts'
import { openPipeline, type Pipeline } from '../support/open-pipeline.ts'
import { runTypeScript } from '../support/run-program.ts'
import { describeWith, testRedis } from '../support/servers.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'
import { whileOpen } from '../support/while-open.ts'

const logger = createLogger({ service: 'test', level: 'silent' })
const DAY_MS = 86_400_000
const TODAY = new Date().toISOString().slice(0, 10)
const now = (): Date => new Date(`${TODAY}T12:00:00.000Z`)

const asked = (name: string): RunningJob => ({
  ...{ id: '1', name, data: { full: true }, attempt: 1 },
  progress: async () => {},
  signal: new AbortController().signal,
})

const daysAgo = (days: number): string => new Date(now().getTime() - days * DAY_MS).toISOString()

/** An event of each of the last days, received then; the oldest first. */
const events = (days: number) =>
  Array.from({ length: days }, (_, n) => {
    const at = daysAgo(days - 1 - n)
    return stampedEvent({ messageId: at, timestamp: at, receivedAt: at, anonymousPerson: personOf(at) })
  })

function retain(
  { jobs, archive }: Pipeline,
  keepDays: KeepDays,
  log: Pick<EventLog, 'identity' | 'ranges'> = jobs.log,
) {
  const job = createApplyRetentionJob({
    pool: jobs.pool,
    archive,
    log,
    keepDays,
    timeZone: 'UTC',
    logger,
    now,
  })
  return job.run(asked(job.name)) as Promise<Record<'facts' | 'raw' | 'quarantine', JobData>>
}

async function reconcileNow({ jobs, archive }: Pipeline): Promise<JobData> {
  const job = createReconcileJob({ ...jobs, archive, logger, registry: createServiceMetrics(), now })
  return job.run(asked(job.name))
}

async function compactNow({ jobs, archive }: Pipeline): Promise<JobData> {
  return createCompactArchiveJob({ pool: jobs.pool, archive, logger }).run(asked('compact_archive'))
}

async function rawKeys({ archive }: Pipeline): Promise<string[]> {
  const keys: string[] = []
  for await (const key of archive.list('raw/')) keys.push(key)
  return keys
}

test('without keep days nothing but old quarantine is looked at', async () => {
  const pipeline = await openPipeline()
  expect(await retain(pipeline, {})).toEqual({ quarantine: {} })
  expect(await retain(pipeline, { quarantine: 90 })).toEqual({ quarantine: { deleted: 0 } })
})

test('quarantined events go when they have been there for their days, tried again or not', async () => {
  const pipeline = await openPipeline()
  await pipeline.pool.query(
    `insert into pipeline.quarantine (topic, partition, record_offset, stage, source, code, path, detail, received_at,
       record, quarantined_at, retried_at)
     select 'quarantine.v1', 0, days, 'contract', 'web', 'schema_invalid', '', '', now(), '{}',
       $1::timestamptz - make_interval(days => days), case when days % 2 = 0 then now() end
     from generate_series(1, 200) as days`,
    [now()],
  )
  expect(await retain(pipeline, { quarantine: 90 })).toEqual({ quarantine: { deleted: 110 } })
  const { rows } = await pipeline.pool.query(
    'select max(record_offset)::int as oldest from pipeline.quarantine',
  )
  expect(rows).toEqual([{ oldest: 90 }])
})

test('facts go when all of them are reconciled, archived and in Parquet; totals stay, older events are refused', async () => {
  const pipeline = await openPipeline()
  await pipeline.publish(events(60))
  await pipeline.settled()
  const before = await seriesOf(pipeline.pool, 'monthly_active_users')
  expect((await retain(pipeline, { facts: 31 })).facts).toEqual({ held: 'nothing was reconciled yet' })
  expect(await reconcileNow(pipeline)).toMatchObject({ balanced: true })
  await longAgo(pipeline)
  expect((await retain(pipeline, { facts: 31 })).facts).toEqual({ held: 'Parquet is more than a day behind' })
  await compactNow(pipeline)
  await setFilled(pipeline, 'null')
  expect((await retain(pipeline, { facts: 31 })).facts).toEqual({
    held: 'KPI logins is not filled from them yet: run `millrace migrate`',
  })
  await setFilled(pipeline, 'now()')
  const { facts } = await retain(pipeline, { facts: 31 })
  const firstDay = daysAgo(31).slice(0, 10)
  expect(facts).toMatchObject({
    firstDay,
    deletedBefore: daysAgo(33).slice(0, 10),
    deleted: { fact_event: 26 },
  })
  expect(await seriesOf(pipeline.pool, 'monthly_active_users')).toEqual(before)
  expect(await differences(pipeline.pool)).toEqual([])
  expect((await retain(pipeline, { facts: 31 })).facts).toEqual({ firstDay })

  const late = (days: number) => stampedEvent({ messageId: `late ${days}`, timestamp: daysAgo(days) })
  await pipeline.publish([late(31), late(32), ...events(60).slice(40, 42)])
  await pipeline.settled()
  const { rows } = await pipeline.pool.query(
    `select sum(loaded)::int as loaded, sum(duplicate)::int as duplicate, sum(quarantined)::int as quarantined
     from pipeline.load_ledger`,
  )
  expect(rows).toEqual([{ loaded: 61, duplicate: 2, quarantined: 1 }])
  expect(await differences(pipeline.pool)).toEqual([])
  expect(await reconcileNow(pipeline)).toMatchObject({ balanced: true })
})

test('raw objects go in order, none that the log still has or that is not in Parquet, and reconcile finds no gap', async () => {
  const pipeline = await openPipeline({ flushRecords: 5 })
  for (let from = 0; from < 60; from += 10) {
    await pipeline.publish(events(60).slice(from, from + 10))
    await pipeline.settled()
  }
  const all = await rawKeys(pipeline)
  await reconcileNow(pipeline)
  await compactNow(pipeline)
  expect((await retain(pipeline, { raw: 20 })).raw).toMatchObject({ deleted: 0 })
  expect(await rawKeys(pipeline)).toEqual(all)

  await trimLog(pipeline)
  const { raw } = await retain(pipeline, { raw: 20 })
  expect(raw?.deleted).toBeGreaterThan(2)
  const left = await rawKeys(pipeline)
  expect(left).toHaveLength(all.length - Number(raw?.deleted))
  const oldHour = daysAgo(20).slice(0, 13)
  const gone = all.filter((key) => !left.includes(key))
  expect(gone.every((key) => key.includes('received_hour=') && hourOf(key) < oldHour)).toBe(true)
  expect(left.filter((key) => hourOf(key) < oldHour)).toEqual([])
  expect(await reconcileNow(pipeline)).toMatchObject({ balanced: true, full: true })
})

test('while records are missing, or what was reconciled is another log, nothing goes', async () => {
  const pipeline = await openPipeline({ partitions: 1, flushRecords: 5 })
  for (let from = 0; from < 60; from += 5) {
    await pipeline.publish(events(60).slice(from, from + 5))
    await pipeline.settled()
  }
  await compactNow(pipeline)
  await reconcileNow(pipeline)
  await pipeline.pool.query('delete from pipeline.load_ledger where first_offset <= 12 and last_offset >= 12')
  await trimLog(pipeline)
  expect(await reconcileNow(pipeline)).toMatchObject({ balanced: false })
  expect((await retain(pipeline, { raw: 20, facts: 31 })).raw).toEqual({
    held: 'the last reconciliation found records missing or double',
  })
  const other = { ...pipeline.jobs.log, identity: async () => 'another' }
  expect((await retain(pipeline, { raw: 20, facts: 31 }, other)).facts).toEqual({
    held: 'nothing was reconciled yet',
  })
})

await describeWith(testRedis, 'with jobs in Redis', ({ url }) => {
  test('a jobs process that is killed in the middle of a job is followed by another, and what it does is done once', async () => {
    const pipeline = await openPipeline()
    await pipeline.publish(events(60))
    await pipeline.settled()
    await compactNow(pipeline)
    await reconcileNow(pipeline)
    await pipeline.stop()
    const before = await seriesOf(pipeline.pool, 'weekly_active_users')
    const prefix = `test-${randomBytes(6).toString('hex')}`
    onTestFinished(() => clearRedis(url, prefix))
    const start = () => {
      const args = [pipeline.databaseUrl, url, prefix, `${pipeline.dataDir}/archive`, TODAY]
      const program = runTypeScript('./hold-jobs.ts', args)
      onTestFinished(() => void program.child.kill('SIGKILL'))
      return program
    }
    const queue = createBullmqQueue({ url, prefix, onError: () => {} })
    onTestFinished(() => queue.close())
    // Both have the schedule, and its job waits in the middle of the tables for the lock.
    await whileOpen(pipeline.pool, 'lock table warehouse.fact_login in access exclusive mode', async () => {
      const first = start()
      const isDeleting = async () => (await queue.get('apply_retention'))?.progress
      await expect.poll(isDeleting, { timeout: 20_000 }).toMatchObject({ deletingFrom: 'fact_login' })
      await start().firstLine
      await sleep(4_000)
      expect(await queue.get('apply_retention')).toMatchObject({ state: 'active', attempt: 1 })
      first.child.kill('SIGKILL')
      await first.ended
    })
    const state = async () => (await queue.get('apply_retention'))?.state
    await expect.poll(state, { timeout: 30_000 }).toBe('done')
    const done = await queue.get('apply_retention')
    expect(done).toMatchObject({ attempt: 2, result: { facts: { deleted: { fact_event: 26 } } } })
    expect(await queue.counts()).toEqual({ active: 0, waiting: 0, delayed: 0, done: 1, dead: 0 })
    expect(await seriesOf(pipeline.pool, 'weekly_active_users')).toEqual(before)
    expect(await differences(pipeline.pool)).toEqual([])
    expect((await readFactsKept(pipeline.pool)).deletedBefore).toBe(daysAgo(33).slice(0, 10))
  }, 90_000)
})

async function setFilled({ pool }: Pipeline, filledAt: 'now()' | 'null'): Promise<void> {
  await pool.query(`update pipeline.kpi_definition set filled_at = ${filledAt} where kpi = 'logins'`)
}

/** As if all that was loaded until now had been loaded two days ago. */
async function longAgo({ pool }: Pipeline): Promise<void> {
  await pool.query(`update pipeline.load_ledger set loaded_at = loaded_at - interval '2 days'`)
}

/** The log's own retention: all is older than its hour, and read. */
async function trimLog({ pool }: Pipeline): Promise<void> {
  await pool.query(`update pipeline.log_chunk set appended_at = appended_at - interval '1 day'`)
  for (const topic of [EVENTS_TOPIC, QUARANTINE_TOPIC])
    await pool.query(
      'select pipeline.log_trim($1, partition, 1000) from pipeline.log_partition where topic = $1',
      [topic],
    )
}

function hourOf(key: string): string {
  return /received_hour=([^/]+)/.exec(key)?.[1] ?? ''
}
