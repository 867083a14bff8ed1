import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@millrace/contracts/fault'
import { type Job, WaitingError, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { errorLine, retryPauseMs } from '../job-limits.ts'
import type { JobData, WorkOptions } from '../job-queue.ts'
import { jobStatus } from './job-status.ts'

export interface StartWorkerOptions extends WorkOptions {
  readonly queue: string
  readonly prefix: string
  readonly connection: Redis
  /** A runner that has not renewed its hold on a job for so long is dead. */
  readonly holdSeconds: number
  onError(error: unknown): void
}

export interface StartedWorker {
  close(): Promise<void>
}

/** How often a job may be taken over from a runner that died before it is dead itself: something in it kills them. */
const MOST_TAKEOVERS = 20
/** Redis has so long to hear how the last jobs ended; what it does not hear is done again. */
const FAREWELL_MS = 2_000
const RETRY_MS = 1_000

/** Runs the queue's jobs. While Redis is away it waits; a job that another took over meanwhile is aborted here. */
export function startWorker(options: StartWorkerOptions): StartedWorker {
  const { queue, prefix, connection, concurrency = 1, holdSeconds, onError } = options
  const running = new Map<string, { readonly aborter: AbortController; readonly ended: Promise<unknown> }>()
  /** What BullMQ is told of an error is less than whoever listens here may know. */
  const originals = new WeakMap<Error, unknown>()
  let closing = false

  async function process(job: Job, token?: string): Promise<JobData> {
    const aborter = new AbortController()
    const work = runJob(job, options, aborter.signal)
    running.set(job.id ?? '', { aborter, ended: work.catch(() => {}) })
    try {
      return await work
    } catch (error) {
      if (!closing) {
        const plain = plainError(error)
        originals.set(plain, error)
        throw plain
      }
      // Ended because we close: that is no failed try.
      await job.moveToWait(token)
      throw new WaitingError()
    } finally {
      running.delete(job.id ?? '')
    }
  }

  const worker = new Worker(queue, process, {
    connection,
    prefix,
    concurrency,
    // Renewed often: a Redis, or we, may stand still for more than half of the time.
    lockDuration: holdSeconds * 1_000,
    lockRenewTime: holdSeconds * 200,
    stalledInterval: holdSeconds * 300,
    maxStalledCount: MOST_TAKEOVERS,
    runRetryDelay: RETRY_MS,
    settings: { backoffStrategy: retryPauseMs },
  })
  worker.on('error', onError)
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) running.get(id)?.aborter.abort()
  })
  worker.on('failed', (job, error) => {
    if (!job) return
    options.onFailed?.(jobStatus(job, job.finishedOn ? 'dead' : 'delayed'), originals.get(error) ?? error)
  })

  return {
    async close() {
      closing = true
      for (const { aborter } of running.values()) aborter.abort()
      const closed = worker.close().catch(onError)
      await Promise.all([...running.values()].map(({ ended }) => ended))
      await Promise.race([closed, sleep(FAREWELL_MS, undefined, { ref: false })])
      connection.disconnect()
    },
  }
}

async function runJob(job: Job, { runners }: WorkOptions, signal: AbortSignal): Promise<JobData> {
  const run = runners[job.name]
  if (!run) throw new Fault('queue_unavailable', `Nobody here runs jobs named ${job.name}`)
  return run({
    id: job.id ?? '',
    name: job.name,
    data: job.data as JobData,
    attempt: job.attemptsStarted,
    progress: async (progress) => job.updateProgress({ ...progress }),
    signal,
  })
}

/** BullMQ keeps message and stack: a line is enough, and may be shown. */
function plainError(error: unknown): Error {
  const plain = new Error(errorLine(error))
  plain.stack = ''
  return plain
}
