import type { LogBatch } from '@millrace/event-log/event-log'
import type { Logger } from '@millrace/runtime/logger'
import { readPosition, startAt } from '@millrace/warehouse/load-position'
import type { Pool } from 'pg'

export interface PositionKeeper {
  /** The batch without what is loaded already; undefined when nothing of it remains. */
  notLoaded(batch: LogBatch): Promise<LogBatch | undefined>
  loaded(batch: LogBatch): void
  /** The position may have moved without us: look again before the next batch. */
  forget(batch: LogBatch): void
}

/** Knows how far each partition is loaded; the database is asked when that does not reach the batch, and after a failure. */
export function createPositionKeeper(pool: Pool, logger: Logger): PositionKeeper {
  const positions = new Map<string, number>()
  const nameOf = ({ topic, partition }: LogBatch) => `${topic}/${partition}`

  async function positionOf(batch: LogBatch, firstOffset: number): Promise<number> {
    const remembered = positions.get(nameOf(batch))
    if (remembered !== undefined && remembered >= firstOffset) return remembered
    // Another loader may have had the partition since.
    const known = await readPosition(pool, batch.topic, batch.partition)
    if (known !== undefined && known >= firstOffset) return known
    // Reconcile finds the gap; stopping here would lose what comes after it as well.
    if (known !== undefined)
      logger.error({ partition: nameOf(batch), known, firstOffset }, 'the log lost records unread')
    await startAt(pool, batch.topic, batch.partition, firstOffset)
    return firstOffset
  }

  return {
    async notLoaded(batch) {
      const next = await positionOf(batch, batch.records[0]?.offset ?? 0)
      positions.set(nameOf(batch), next)
      const records = batch.records.filter(({ offset }) => offset >= next)
      return records.length > 0 ? { ...batch, records } : undefined
    },
    loaded(batch) {
      const last = batch.records.at(-1)
      if (last) positions.set(nameOf(batch), last.offset + 1)
    },
    forget(batch) {
      positions.delete(nameOf(batch))
    },
  }
}
