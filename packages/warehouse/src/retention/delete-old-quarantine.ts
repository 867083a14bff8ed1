import type { Pool } from 'pg'
import { inBlocks } from './in-blocks.ts'

/** Deletes what was quarantined before that moment, tried again or not; returns how many. */
export function deleteOldQuarantine(pool: Pool, before: Date, signal: AbortSignal): Promise<number> {
  return inBlocks({
    pool,
    relation: 'pipeline.quarantine',
    signal,
    async work(tx, { from, to }) {
      const { rowCount } = await tx.query(
        `delete from pipeline.quarantine where ctid >= $2::tid and ctid < $3::tid and quarantined_at < $1`,
        [before, from, to],
      )
      return rowCount ?? 0
    },
  })
}
