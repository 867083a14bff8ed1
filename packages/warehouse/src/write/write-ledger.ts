import type { PoolClient } from 'pg'
import type { FactBatch } from './fact-batch.ts'

export interface Outcome {
  readonly loaded: number
  readonly ignored: number
  readonly duplicate: number
  readonly quarantined: number
  /** Received before their person was erased. */
  readonly erased: number
}

/** What became of each record of the batch; the table checks that none is missing. */
export async function writeLedger(tx: PoolClient, batch: FactBatch, outcome: Outcome): Promise<void> {
  await tx.query(
    `insert into pipeline.load_ledger
       (topic, partition, first_offset, last_offset, loaded, ignored, duplicate, quarantined, erased)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      batch.topic,
      batch.partition,
      batch.firstOffset,
      batch.lastOffset,
      outcome.loaded,
      outcome.ignored,
      outcome.duplicate,
      outcome.quarantined,
      outcome.erased,
    ],
  )
}
