import { KEPT } from '../job-limits.ts'
import type { JobData, JobState, JobStatus } from '../job-queue.ts'

/** A job as this process knows it. */
export interface StoredJob {
  readonly id: string
  readonly name: string
  readonly data: JobData
  readonly attempts: number
  readonly enqueuedAt: Date
  state: JobState
  /** How often it was begun, and failed since it was enqueued or retried. */
  begun: number
  failed: number
  startedAt?: Date
  endedAt?: Date
  progress?: JobData
  result?: JobData
  error?: string
}

export interface JobStore {
  add(job: StoredJob): void
  get(id: string): StoredJob | undefined
  /** In the order in which they were added. */
  inState(state: JobState): readonly StoredJob[]
  /** Takes away what is finished and beyond what is kept. */
  trim(): void
}

export function createJobStore(now: () => Date): JobStore {
  const jobs = new Map<string, StoredJob>()
  const inState = (state: JobState): StoredJob[] => [...jobs.values()].filter((job) => job.state === state)
  return {
    add(job) {
      jobs.delete(job.id)
      jobs.set(job.id, job)
    },
    get: (id) => jobs.get(id),
    inState,
    trim() {
      const oldest = now().getTime() - KEPT.ageSeconds * 1_000
      for (const state of ['done', 'dead'] as const) {
        const finished = inState(state).sort((a, b) => endOf(b) - endOf(a))
        for (const [place, job] of finished.entries())
          if (place >= KEPT.count || endOf(job) < oldest) jobs.delete(job.id)
      }
    },
  }
}

function endOf({ endedAt }: StoredJob): number {
  return endedAt?.getTime() ?? 0
}

export function isFinished({ state }: StoredJob): boolean {
  return state === 'done' || state === 'dead'
}

export function statusOf({ attempts: _attempts, failed: _failed, begun, ...job }: StoredJob): JobStatus {
  return { ...job, attempt: begun }
}
