import type { Archive } from '@millrace/archive/archive'
import type { EventLog } from '@millrace/event-log/event-log'
import type { Logger } from '@millrace/runtime/logger'
import type { Pool } from 'pg'
import type { Registry } from 'prom-client'
import { createApplyRetentionJob, type KeepDays } from './apply-retention-job.ts'
import { createCompactArchiveJob } from './compact-archive-job.ts'
import type { Job } from './job.ts'
import { createKeepPartitionsJob } from './keep-partitions-job.ts'
import { createMeasureDelayJob } from './measure-delay-job.ts'
import { createReconcileJob } from './reconcile-job.ts'
import { createReplaySpoolJob } from './replay-spool-job.ts'
import { createVerifyKpisJobs } from './verify-kpis-job.ts'

export interface ListJobsDeps {
  /** Connections as role millrace_jobs. */
  readonly pool: Pool
  readonly log: EventLog
  readonly archive: Archive
  readonly timeZone: string
  readonly keepDays: KeepDays
  /** Absent: the pipeline's delay is not measured. */
  readonly canary?: {
    readonly ingestUrl: string
    readonly writeKey: string
    readonly source: string
    readonly everySeconds: number
  }
  readonly logger: Logger
  readonly registry: Registry
  readonly now: () => Date
}

/** The jobs that this service does: a line each. */
export function listJobs({ canary, ...deps }: ListJobsDeps): readonly Job[] {
  return [
    createReplaySpoolJob(deps),
    createReconcileJob(deps),
    createCompactArchiveJob(deps),
    createKeepPartitionsJob(deps),
    createApplyRetentionJob(deps),
    ...createVerifyKpisJobs(deps),
    ...(canary ? [createMeasureDelayJob({ ...deps, ...canary })] : []),
  ]
}
