import type { Archive } from '@millrace/archive/archive'
import type { EventLog } from '@millrace/event-log/event-log'
import type { Logger } from '@millrace/runtime/logger'
import type { Pool } from 'pg'
import type { Registry } from 'prom-client'
import { createApplyRetentionJob, type KeepDays } from './apply-retention-job.ts'
import { createFalsePeople } from './canary/false-people.ts'
import { createCompactArchiveJob } from './compact-archive-job.ts'
import { createCompleteErasuresJob } from './complete-erasures-job.ts'
import { createFindLeaksJob } from './find-leaks-job.ts'
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
  /** MILLRACE_DEFINITIONS */
  readonly definitions?: string | undefined
  readonly keepDays: KeepDays
  /** Absent: the pipeline's delay is not measured, and no false personal data is sent and looked for. */
  readonly canary?: {
    readonly ingestUrl: string
    readonly writeKey: string
    readonly source: string
    readonly everySeconds: number
    /** Logs and traces in which it is looked for too. */
    readonly files: readonly string[]
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
    createCompleteErasuresJob(deps),
    ...createVerifyKpisJobs(deps),
    ...(canary ? canaryJobs({ ...deps, ...canary }) : []),
  ]
}

type CanaryDeps = Omit<ListJobsDeps, 'canary'> & NonNullable<ListJobsDeps['canary']>

/** The false people are those of the write key: whoever is configured alike knows what to look for. */
function canaryJobs(deps: CanaryDeps): readonly Job[] {
  const people = createFalsePeople(deps.writeKey)
  return [createMeasureDelayJob({ ...deps, people }), createFindLeaksJob({ ...deps, people })]
}
