import type { RunJob, Schedule } from '@millrace/job-queue/job-queue'

/** One of the jobs that this service does: each file `<verb>-<object>-job.ts` makes one. */
export interface Job {
  /** As `replay_spool`: the name in the queue, in logs and as a metric's label. */
  readonly name: string
  /** Absent for a job that is only done when somebody asks. */
  readonly schedule?: Schedule
  readonly run: RunJob
}
