import type { JobData } from '@millrace/job-queue/job-queue'
import type { Pool } from 'pg'

export interface JobSuccess {
  readonly job: string
  readonly at: Date
  readonly result: JobData
}

/** The last success of each job, whichever process had it. */
export async function readSuccesses(pool: Pool): Promise<readonly JobSuccess[]> {
  const { rows } = await pool.query<JobSuccess>(
    'select job, succeeded_at as at, result from pipeline.job_success',
  )
  return rows
}

export async function keepSuccess(pool: Pool, { job, at, result }: JobSuccess): Promise<void> {
  await pool.query(
    `insert into pipeline.job_success as known (job, succeeded_at, result) values ($1, $2, $3)
     on conflict (job) do update set succeeded_at = excluded.succeeded_at, result = excluded.result
     where known.succeeded_at <= excluded.succeeded_at`,
    [job, at, JSON.stringify(result)],
  )
}
