import { setTimeout as sleep } from 'node:timers/promises'
import { CANARY_KEY, startIngest } from '@millrace/ingest-api/ingest-fixture'
import { createInProcessQueue } from '@millrace/job-queue/in-process'
import type { JobData, RunningJob } from '@millrace/job-queue/job-queue'
import { createFalsePeople } from '@millrace/jobs/canary/false-people'
import { Config } from '@millrace/jobs/config'
import { createJobs } from '@millrace/jobs/create-jobs'
import type { Job } from '@millrace/jobs/job'
import { createKeepPartitionsJob } from '@millrace/jobs/keep-partitions-job'
import { createMeasureDelayJob } from '@millrace/jobs/measure-delay-job'
import { runJobs } from '@millrace/jobs/run-jobs'
import { createVerifyKpisJobs } from '@millrace/jobs/verify-kpis-job'
import { createLogger } from '@millrace/runtime/logger'
import { readConfig } from '@millrace/runtime/read-config'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { expect, onTestFinished, test } from 'vitest'
import { differences, seriesOf } from '../support/loading.ts'
import { openPipeline } from '../support/open-pipeline.ts'
import { scrape } from '../support/scrape.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'
import { whileOpen } from '../support/while-open.ts'

const logger = createLogger({ service: 'test', level: 'silent' })
const now = (): Date => new Date()

/** A job as its runner gets it, told nothing. */
const asked = (name: string, data: JobData = {}): RunningJob => ({
  ...{ id: '1', name, data, attempt: 1 },
  progress: async () => {},
  signal: new AbortController().signal,
})

test('the service does every job of its schedule with the rights of its role, and tells so', async () => {
  const pipeline = await openPipeline()
  await pipeline.publish([stampedEvent({ messageId: 'm1', anonymousPerson: personOf('v') })])
  await pipeline.settled()
  const config = readConfig(Config, {
    DATABASE_URL: pipeline.databaseUrl,
    DATA_DIR: pipeline.dataDir,
    JOBS_PORT: '0',
    RAW_KEEP_DAYS: '30',
    FACTS_KEEP_DAYS: '400',
  })
  const service = await runJobs({ config, logger, registry: createServiceMetrics(), now })
  onTestFinished(() => service.close())
  await service.started
  const ready = await fetch(`${service.url}/health/ready`)
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { status: 'ready', checks: { jobs: true, postgres: true, log: true, archive: true, queue: true } },
  ])
  const scheduled = [
    'apply_retention',
    'compact_archive',
    'complete_erasures',
    'keep_partitions',
    'reconcile',
    'replay_spool',
    'verify_kpis',
  ]
  const succeeded = async (): Promise<string[]> => {
    const metrics = await scrape(`${service.url}/metrics`)
    return metrics
      .of('millrace_jobs_last_success_timestamp_seconds')
      .map((line) => line.split('"')[1] ?? '')
      .sort()
  }
  await expect.poll(succeeded, { timeout: 15_000 }).toEqual(scheduled)
  const { samples } = await scrape(`${service.url}/metrics`)
  expect(samples.get('millrace_jobs_runs_total{job="keep_partitions",outcome="done"}')).toBe(1)
  expect(samples.get('millrace_jobs_queue_jobs{state="dead"}')).toBe(0)
  expect(samples.get('millrace_jobs_dead_jobs{job="reconcile"}')).toBe(0)
  expect(samples.get('millrace_kpi_verify_differences{kpi="events",days="recent"}')).toBe(0)
  expect(samples.get('millrace_jobs_duration_seconds_count{job="verify_kpis"}')).toBe(1)
})

test('partitions for the months around are there before an event needs them', async () => {
  const { pool, jobs } = await openPipeline()
  const job = createKeepPartitionsJob({
    pool: jobs.pool,
    timeZone: 'UTC',
    now: () => new Date('2026-12-31T12:00:00Z'),
  })
  expect(await job.run(asked(job.name))).toEqual({ made: 5 })
  expect(await job.run(asked(job.name))).toEqual({ made: 0 })
  const { rows } = await pool.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'warehouse.fact_event'::regclass order by 1`,
  )
  const months = ['2026_11', '2026_12', '2027_01', '2027_02', '2027_03']
  expect(rows.map(({ name }) => name)).toEqual(months.map((month) => `warehouse.fact_event_${month}`))
})

test('a total that differs from its facts is found, on recent days and on all', async () => {
  const { pool, jobs } = await openPipeline()
  const days = ['2026-06-01', '2026-11-19']
  for (const day of days) {
    await pool.query(
      `insert into warehouse.kpi_total values ('logins', $1::date, $1::date::timestamp at time zone 'UTC', '{}', 0, -1, 3, 0, 0)`,
      [day],
    )
  }
  expect(await differences(pool)).toHaveLength(2)
  const registry = createServiceMetrics()
  const [recent, all] = createVerifyKpisJobs({
    ...{ pool: jobs.pool, timeZone: 'UTC', logger, registry },
    now: () => new Date('2026-11-21T12:00:00Z'),
  })
  const found = async (job: Job | undefined): Promise<unknown> =>
    (await job?.run(asked('verify')))?.differences
  expect(await found(recent)).toMatchObject({ logins: 1, events: 0, monthly_active_users: 0 })
  expect(await found(all)).toMatchObject({ logins: 2, events: 0 })
  all?.showResult?.({ differences: { logins: 2 } })
  expect(await registry.metrics()).toContain('millrace_kpi_verify_differences{kpi="logins",days="all"} 2')
})

test('totals of a KPI that a migrate takes away to fill it anew, while it is verified, are none that differ', async () => {
  const { pool, jobs, publish, settled } = await openPipeline()
  await publish([stampedEvent({ messageId: 'view', sessionId: 's' })])
  await settled()
  const [, all] = createVerifyKpisJobs({
    ...{ pool: jobs.pool, timeZone: 'UTC', logger, registry: createServiceMetrics(), now },
  })
  const progress = async ({ verified }: JobData): Promise<void> => {
    if (verified !== 1) return
    await pool.query(`update pipeline.kpi_definition set filled_at = null where kpi = 'sessions'`)
    await pool.query(`delete from warehouse.kpi_total where kpi = 'sessions'`)
  }
  expect((await all?.run({ ...asked('verify'), progress }))?.differences).toMatchObject({ sessions: 0 })
  expect(await differences(pool)).toMatchObject([{ kpi: 'sessions' }])
})

test('the canary is timed from the API to Postgres, and counts for no KPI', async () => {
  const { log, archive, pool, jobs, stop, settled } = await openPipeline()
  const api = await startIngest({ log, archive, now })
  onTestFinished(() => api.close())
  const registry = createServiceMetrics()
  const deps = {
    pool: jobs.pool,
    ingestUrl: api.url,
    writeKey: CANARY_KEY.key,
    source: 'canary',
    everySeconds: 60,
    ...{ log: jobs.log, people: createFalsePeople('seed'), now },
  }
  const job = createMeasureDelayJob({ ...deps, registry })
  const result = await job.run(asked(job.name))
  expect(result.delaySeconds).toBeGreaterThan(0)
  expect(result.delaySeconds).toBeLessThan(10)
  expect(await registry.metrics()).not.toMatch(/^pipeline_end_to_end_delay_seconds \d/m)
  job.showResult?.(result)
  expect(await registry.metrics()).toMatch(/^pipeline_end_to_end_delay_seconds \d/m)
  await settled()
  for (const kpi of ['events', 'daily_active_users', 'sessions'])
    expect(await seriesOf(pool, kpi)).toEqual([])
  expect(await seriesOf(pool, 'excluded_events')).toEqual([expect.stringMatching(/ canary 1$/)])

  await stop()
  const impatient = createMeasureDelayJob({ ...deps, registry: createServiceMetrics(), patienceSeconds: 0.5 })
  await expect(impatient.run(asked(job.name))).rejects.toThrow('is not in Postgres after 0.5 s')
})

test('an API that does not take the canary is said with its reason, never with the key', async () => {
  const { jobs } = await openPipeline()
  const api = await startIngest({ now })
  const people = createFalsePeople('seed')
  const deps = {
    ...{ pool: jobs.pool, log: jobs.log, people, source: 'canary', everySeconds: 60, now },
    registry: createServiceMetrics(),
  }
  const job = createMeasureDelayJob({ ...deps, ingestUrl: api.url, writeKey: 'sk_unknown_key' })
  const refused = await job.run(asked(job.name)).catch(String)
  expect(refused).toContain('The API answered 401')
  await api.close()
  const away = await job.run(asked(job.name)).catch(String)
  expect(away).toContain('The API cannot be reached: ECONNREFUSED')
  expect(`${refused} ${away}`).not.toContain('sk_unknown_key')
})

test('a job that fails is counted, comes again, and shows nothing of an earlier process’s success', async () => {
  const { jobs } = await openPipeline()
  const queue = createInProcessQueue({ now })
  onTestFinished(() => queue.close())
  const registry = createServiceMetrics()
  const shown: JobData[] = []
  const job = (name: string, run: Job['run']): Job => ({
    ...{ name, run, schedule: { everySeconds: 3_600 } },
    showResult: (result) => void shown.push(result),
  })
  let tries = 0
  const service = await createJobs({
    jobs: [
      job('weak', async () => {
        if (++tries === 1) throw new Error('once')
        return { tries }
      }),
      { ...job('ill', () => Promise.reject(new Error('always'))), attempts: 1 },
    ],
    ...{ queue, pool: jobs.pool, logger, registry, now },
  })
  onTestFinished(() => service.close())
  await expect.poll(() => tries, { timeout: 5_000 }).toBe(2)
  await expect
    .poll(() => registry.metrics())
    .toContain('millrace_jobs_runs_total{job="weak",outcome="done"} 1')
  const text = await registry.metrics()
  expect(text).toContain('millrace_jobs_runs_total{job="weak",outcome="failed"} 1')
  expect(text).toContain('millrace_jobs_runs_total{job="ill",outcome="dead"} 1')
  expect(text).toContain('millrace_jobs_dead_jobs{job="ill"} 1')
  expect(text).toMatch(/millrace_jobs_last_success_timestamp_seconds\{job="weak"\} \d/)
  expect(text).not.toContain('millrace_jobs_last_success_timestamp_seconds{job="ill"}')
  expect(shown[0]).toEqual({ tries: 2 })
})

test('closing ends a job at a safe point, and a long query with it', async () => {
  const { pool, jobs } = await openPipeline()
  const [verify] = createVerifyKpisJobs({
    ...{ pool: jobs.pool, timeZone: 'UTC', logger, registry: createServiceMetrics(), now },
  })
  const ending = new AbortController()
  await whileOpen(pool, 'lock table warehouse.fact_event in access exclusive mode', async () => {
    const ended: unknown[] = []
    const running = verify
      ?.run({ ...asked('verify_kpis'), signal: ending.signal })
      .catch((error) => ended.push(error))
    await sleep(500)
    expect(ended).toEqual([])
    ending.abort()
    await running
    expect(ended).toHaveLength(1)
  })
})
