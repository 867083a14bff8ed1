import { Fault } from '@millrace/contracts/fault'
import type { PoolClient } from 'pg'
import { IN_FLIGHT } from '../load-position.ts'
import type { FactBatch } from './fact-batch.ts'

/**
 * Moves the partition's position over the batch, locking it: of two consumers that hold the same batch one loads it.
 * @throws Fault `position_moved` when the position is not where the batch begins.
 */
export async function takePosition(tx: PoolClient, batch: FactBatch): Promise<void> {
  const { rowCount } = await tx.query(
    `update pipeline.load_position
     set next_offset = $4, complete_until = greatest(complete_until, $5::timestamptz - $6::interval)
     where topic = $1 and partition = $2 and next_offset = $3`,
    [batch.topic, batch.partition, batch.firstOffset, batch.lastOffset + 1, batch.receivedAt, IN_FLIGHT],
  )
  if (rowCount === 1) return
  throw new Fault(
    'position_moved',
    `${batch.topic}/${batch.partition} is not at offset ${batch.firstOffset}: another loader has the partition`,
  )
}
