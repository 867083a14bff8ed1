import type { JobQueue, RunJob, WorkOptions } from '@millrace/job-queue/job-queue'
import type { Closable } from '@millrace/runtime/close-on-signal'
import { endsWithin } from '@millrace/runtime/ends-within'
import type { Logger } from '@millrace/runtime/logger'
import { repeat } from '@millrace/runtime/repeat'
import type { Pool } from 'pg'
import type { Registry } from 'prom-client'
import { isWeather } from './is-weather.ts'
import type { Job } from './job.ts'
import { keepSuccess } from './job-successes.ts'
import { createJobsMetrics } from './jobs-metrics.ts'

export interface JobsDeps {
  readonly jobs: readonly Job[]
  readonly queue: JobQueue
  /** Keeps the last success of each job. */
  readonly pool: Pool
  readonly logger: Logger
  readonly registry: Registry
  readonly now: () => Date
}

/** Schedules are looked after so often: a queue may have been away, or lost its memory. */
const SCHEDULE_SECONDS = 60
/** For the jobs under way to come to a safe point. */
const CLOSE_MS = 5_000

/** Schedules the jobs, whichever process will run them, and runs what the queue gives. close() ends jobs at a safe point. */
export async function createJobs({ jobs, queue, pool, logger, registry, now }: JobsDeps): Promise<Closable> {
  const metrics = createJobsMetrics({ registry, jobs, queue, pool })

  const watched = ({ name, run }: Job): RunJob =>
    async function runJob(running) {
      const stop = metrics.seconds.startTimer({ job: name })
      try {
        const result = await run(running)
        metrics.observe(name, 'done')
        logger.debug({ job: name, result }, 'done')
        await keepSuccess(pool, { job: name, at: now(), result }).catch((err: Error) =>
          logger.warn({ job: name, reason: err.message }, 'could not note a success'),
        )
        return result
      } finally {
        stop()
      }
    }

  async function schedule(): Promise<void> {
    const scheduled = jobs.flatMap(({ name, schedule, attempts }) =>
      schedule ? [{ name, schedule, attempts }] : [],
    )
    for (const { name, schedule, attempts } of scheduled)
      await queue.schedule(name, schedule, attempts === undefined ? {} : { attempts })
    await queue.keepSchedules(scheduled.map(({ name }) => name))
  }

  /** Bad weather passes, and the next job of the schedule comes: no reason to wake somebody. */
  const onFailed: WorkOptions['onFailed'] = ({ name, state, attempt, error: reason }, error) => {
    metrics.observe(name, state === 'dead' ? 'dead' : 'failed')
    const what = { job: name, attempt, reason }
    if (state === 'dead' && !isWeather(error)) logger.error(what, 'a job failed for good')
    else logger.warn(what, state === 'dead' ? 'a job gave up' : 'a job failed and comes again')
  }

  const worker = await queue.work({
    runners: Object.fromEntries(jobs.map((job) => [job.name, watched(job)])),
    // Each schedule has one job at a time: a long one holds up no other.
    concurrency: jobs.length,
    onFailed,
  })
  const scheduling = repeat(schedule, {
    seconds: SCHEDULE_SECONDS,
    onError: (error) => logger.warn({ reason: (error as Error).message }, 'could not schedule the jobs'),
  })
  // An away queue is no reason not to begin.
  await scheduling.next()
  return {
    async close() {
      await scheduling.close()
      if (await endsWithin(CLOSE_MS, worker.close())) return
      logger.warn('a job takes too long to end; it is done again')
    },
  }
}
