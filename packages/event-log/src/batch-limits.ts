import type { ConsumeOptions } from './event-log.ts'

/** How records become a batch. */
export interface BatchLimits {
  readonly maxRecords: number
  readonly maxBytes: number
  readonly minRecords: number
  readonly maxWaitMs: number
}

/** What is asked for, with the port's defaults; a batch is never made to wait for more records than it may hold. */
export function batchLimits(consume: ConsumeOptions): BatchLimits {
  const { maxRecords = 1_000, maxBytes = 16 * 1024 * 1024, minRecords = 1, maxWaitMs = 1_000 } = consume
  return { maxRecords, maxBytes, minRecords: Math.min(minRecords, maxRecords), maxWaitMs }
}
