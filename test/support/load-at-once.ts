import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { createBatchLoader } from '@millrace/loader/load-batch'
import { createPositionKeeper } from '@millrace/loader/position-keeper'
import { createLogger } from '@millrace/runtime/logger'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import { createPool } from '@millrace/warehouse/database'
import { createFactWriter } from '@millrace/warehouse/write/write-facts'
import { batchOf } from './loading.ts'

export interface LoadOptions {
  readonly url: string
  readonly timeZone: string
  /** How many records the next batch has. */
  batchSize(): number
  /** Where the partitions go on; 0 unless given. */
  readonly firstOffset?: number
}

/** A loader a partition, each with connections of its own, all at the same time. Returns how often a batch came again. */
export async function loadAtOnce(
  partitions: readonly (readonly StampedEvent[])[],
  options: LoadOptions,
): Promise<number> {
  const retries = await Promise.all(
    partitions.map((events, partition) => loadOne(events, partition, options)),
  )
  return retries.reduce((sum, one) => sum + one, 0)
}

async function loadOne(
  events: readonly StampedEvent[],
  partition: number,
  { url, timeZone, batchSize, firstOffset = 0 }: LoadOptions,
): Promise<number> {
  const pool = createPool({ url, role: 'millrace_loader', name: 'test loader', max: 2 })
  const businessDate = createBusinessDate(timeZone)
  const loadBatch = createBatchLoader({
    writeFacts: createFactWriter({ pool, businessDate }),
    positions: createPositionKeeper(pool, createLogger({ service: 'test', level: 'silent' })),
    businessDate,
    inLogUntil: (receivedAt) => receivedAt,
    onLoaded: () => {},
  })
  let retries = 0
  try {
    for (let from = 0; from < events.length; ) {
      const until = from + batchSize()
      const batch = batchOf(events.slice(from, until), partition, firstOffset + from)
      while (!(await loadedOrWeather(() => loadBatch(batch)))) retries++
      from = until
    }
  } finally {
    await pool.end()
  }
  return retries
}

/** As the log's consumer does it: the same batch again, but here for weather only, so that a fault of Millrace's own shows. */
async function loadedOrWeather(load: () => Promise<void>): Promise<boolean> {
  try {
    await load()
    return true
  } catch (error) {
    if (!isWeather(error)) throw error
    return false
  }
}

const WEATHER: readonly unknown[] = ['position_moved', '40P01', '40001']

function isWeather(error: unknown): boolean {
  return error instanceof Error && 'code' in error && WEATHER.includes(error.code)
}
