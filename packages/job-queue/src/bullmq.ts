import { randomUUID } from 'node:crypto'
import { Queue } from 'bullmq'
import { checkRedis } from './bullmq/check-redis.ts'
import { BULLMQ_STATES, jobStatus, stateOf } from './bullmq/job-status.ts'
import { connectRedis } from './bullmq/redis-connection.ts'
import { createSchedules } from './bullmq/schedules.ts'
import { type StartedWorker, startWorker } from './bullmq/start-worker.ts'
import { checkJobName, DEFAULT_ATTEMPTS, KEPT } from './job-limits.ts'
import type { EnqueueOptions, JobData, JobQueue, JobState, JobStatus } from './job-queue.ts'

export interface BullmqQueueDeps {
  /** redis:// or rediss://, with the password in it. */
  readonly url: string
  /** Before every key. */
  readonly prefix: string
  /** A job whose runner has not been heard of for so long is taken over by another; 30 unless given. */
  readonly holdSeconds?: number
  /** Told what was survived, once an outage, without secrets. */
  readonly onError: (message: string, error: unknown) => void
}

const JOBS = 'jobs'
const KEEP = { count: KEPT.count, age: KEPT.ageSeconds }
const LISTED = 100

/** The job queue on Redis. */
export function createBullmqQueue({ url, prefix, holdSeconds = 30, onError }: BullmqQueueDeps): JobQueue {
  const redis = connectRedis({ url, onError })
  const queue = new Queue(JOBS, {
    connection: redis.forCalls,
    prefix,
    streams: { events: { maxLen: 100 } },
    defaultJobOptions: { removeOnComplete: KEEP, removeOnFail: KEEP, backoff: { type: 'doubling' } },
  })
  queue.on('error', redis.report)
  const schedules = createSchedules({ redis, prefix, holdSeconds, enqueue: addJob })
  const workers = new Set<StartedWorker>()
  warnOnce()

  function warnOnce(): void {
    let checked = false
    redis.onReady(() => {
      if (checked) return
      checked = true
      checkRedis(redis.forCalls).then((warnings) => {
        for (const warning of warnings) onError('check Redis', new Error(warning))
      }, redis.report)
    })
  }

  async function addJob(name: string, data: JobData, options: EnqueueOptions = {}): Promise<string> {
    const { id = randomUUID(), attempts = DEFAULT_ATTEMPTS } = options
    if (options.id !== undefined) await dropFinished(id)
    await queue.add(name, data, { jobId: id, attempts })
    return id
  }

  /** BullMQ takes no second job of an id, not even when the first one ended long ago. */
  async function dropFinished(id: string): Promise<void> {
    const known = await queue.getJob(id)
    if (known?.finishedOn) await queue.remove(id)
  }

  async function get(id: string): Promise<JobStatus | undefined> {
    // In this order: a job that ends in between is told as it was a moment ago, not as ended without a result.
    const state = stateOf(await queue.getJobState(id))
    const job = state && (await queue.getJob(id))
    return job && jobStatus(job, state)
  }

  return {
    async enqueue(name, data, options) {
      checkJobName(name)
      if (options?.id !== undefined) checkJobName(options.id)
      return redis.call(() => addJob(name, data, options))
    },
    schedule: schedules.schedule,
    keepSchedules: schedules.keep,
    async work(options) {
      const shared = { prefix, holdSeconds, onError: redis.report }
      const jobs = startWorker({ ...shared, ...options, queue: JOBS, connection: redis.forWorker() })
      const maker = schedules.work()
      const worker = {
        async close() {
          workers.delete(worker)
          await Promise.all([maker.close(), jobs.close()])
        },
      }
      workers.add(worker)
      return worker
    },
    get: (id) => redis.call(() => get(id)),
    list: (states, limit = LISTED) =>
      redis.call(async () => {
        const lists = states.map(async (state): Promise<JobStatus[]> => {
          const jobs = await queue.getJobs([...BULLMQ_STATES[state]], 0, limit - 1)
          // One that ended while it was listed is none.
          return jobs.filter((job) => job !== undefined).map((job) => jobStatus(job, state))
        })
        const all = (await Promise.all(lists)).flat()
        return all.sort((a, b) => b.enqueuedAt.getTime() - a.enqueuedAt.getTime())
      }),
    counts: () =>
      redis.call(async () => {
        const counts = await queue.getJobCounts(...Object.values(BULLMQ_STATES).flat())
        const sums = Object.entries(BULLMQ_STATES).map(([state, names]) => [
          state,
          names.reduce((sum, name) => sum + (counts[name] ?? 0), 0),
        ])
        return Object.fromEntries(sums) as Record<JobState, number>
      }),
    retry: (id) =>
      redis.call(async () => {
        const job = await queue.getJob(id)
        if (!job || (await queue.getJobState(id)) !== 'failed') return false
        await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true })
        return true
      }),
    async close() {
      await Promise.all([...workers].map((worker) => worker.close()))
      redis.close()
    },
  }
}
