import type { Archive } from '@millrace/archive/archive'
import type { Logger } from '@millrace/runtime/logger'
import type { Pool } from 'pg'
import { createCompactor } from './create-compactor.ts'
import type { Job } from './job.ts'

export interface CompactArchiveJobDeps {
  readonly archive: Archive
  /** Reads pipeline.load_position, pipeline.quarantine, pipeline.setting and warehouse.fact_event. */
  readonly pool: Pool
  readonly logger: Logger
}

const EVERY_SECONDS = 3_600

/** Brings Parquet up to where the loader is, each hour. */
export function createCompactArchiveJob({ archive, pool, logger }: CompactArchiveJobDeps): Job {
  return {
    name: 'compact_archive',
    schedule: { everySeconds: EVERY_SECONDS },
    async run({ signal, progress }) {
      const compact = createCompactor({
        archive,
        pool,
        signal,
        progress: (done) => progress({ ...done }),
      })
      const compacted = await compact()
      if (compacted.missing > 0) {
        const { missing } = compacted
        logger.error({ missing }, 'records are in no object of the archive: they are not in Parquet either')
      }
      return { ...compacted }
    },
  }
}
