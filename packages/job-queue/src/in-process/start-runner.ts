import { Fault } from '@millrace/contracts/fault'
import { errorLine, retryPauseMs } from '../job-limits.ts'
import type { JobData, Worker, WorkOptions } from '../job-queue.ts'
import { type JobStore, type StoredJob, statusOf } from './job-store.ts'

export interface RunnerDeps {
  readonly store: JobStore
  readonly now: () => Date
  /** Makes the job wait again after so long. */
  readonly delay: (job: StoredJob, ms: number) => void
}

export interface Runner extends Worker {
  /** Begins what waits, as far as it may. */
  wake(): void
}

/** Runs the jobs of the store that it has runners for, the oldest first. */
export function startRunner({ store, now, delay }: RunnerDeps, options: WorkOptions): Runner {
  const { runners, concurrency = 1, onFailed } = options
  const closing = new AbortController()
  const running = new Set<Promise<void>>()

  function wake(): void {
    if (closing.signal.aborted) return
    for (const job of store.inState('waiting')) {
      if (running.size >= concurrency) return
      const work = runOne(job).finally(() => {
        running.delete(work)
        wake()
      })
      running.add(work)
    }
  }

  async function runOne(job: StoredJob): Promise<void> {
    job.state = 'active'
    job.begun++
    job.startedAt = now()
    try {
      job.result = await run(job)
      job.state = 'done'
      delete job.error
      job.endedAt = now()
    } catch (error) {
      failed(job, error)
    }
    store.trim()
  }

  async function run(job: StoredJob): Promise<JobData> {
    const runner = runners[job.name]
    if (!runner) throw new Fault('queue_unavailable', `Nobody here runs jobs named ${job.name}`)
    return runner({
      id: job.id,
      name: job.name,
      data: job.data,
      attempt: job.begun,
      progress: async (progress) => {
        job.progress = progress
      },
      signal: closing.signal,
    })
  }

  /** Ended because we close is no failed try. */
  function failed(job: StoredJob, error: unknown): void {
    if (closing.signal.aborted) {
      job.state = 'waiting'
      return
    }
    job.failed++
    job.error = errorLine(error)
    if (job.failed < job.attempts) {
      delay(job, retryPauseMs(job.failed))
    } else {
      job.state = 'dead'
      job.endedAt = now()
    }
    onFailed?.(statusOf(job), error)
  }

  return {
    wake,
    async close() {
      closing.abort()
      await Promise.all(running)
    },
  }
}
