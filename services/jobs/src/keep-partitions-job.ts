import { createBusinessDate } from '@millrace/warehouse/business-date'
import { keepEventPartitions } from '@millrace/warehouse/keep-event-partitions'
import type { Pool } from 'pg'
import type { Job } from './job.ts'

export interface KeepPartitionsDeps {
  readonly pool: Pool
  readonly timeZone: string
  readonly now: () => Date
}

const EVERY_SECONDS = 6 * 3_600
/** Events may be late by a month; months ahead leave time to mend what keeps this job from its work. */
const AROUND = { daysBack: 31, daysAhead: 62 }

/** Makes partitions of fact_event before a loader needs them. */
export function createKeepPartitionsJob({ pool, timeZone, now }: KeepPartitionsDeps): Job {
  const businessDate = createBusinessDate(timeZone)
  return {
    name: 'keep_partitions',
    schedule: { everySeconds: EVERY_SECONDS },
    run: async () => ({ made: await keepEventPartitions(pool, businessDate(now().getTime()), AROUND) }),
  }
}
