import type { JobData, RunJob, Schedule } from '@millrace/job-queue/job-queue'

/** One of the jobs that this service does: each file `<verb>-<object>-job.ts` makes one. */
export interface Job {
  /** As `replay_spool`: the name in the queue, in logs and as a metric's label. */
  readonly name: string
  /** Absent for a job that is only done when somebody asks. */
  readonly schedule?: Schedule
  /** Tries before it is dead and waits for its schedule or for somebody; 5 unless given. */
  readonly attempts?: number
  readonly run: RunJob
  /** Told of the last result before every scrape, whichever process it is from: for gauges of what was found. */
  showResult?(result: JobData): void
}
