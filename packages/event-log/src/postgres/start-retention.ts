import type pg from 'pg'
import { queryWithin } from './connection.ts'

export interface RetentionDeps {
  readonly pool: pg.Pool
  readonly everyMs: number
  readonly timeoutMs: number
  readonly onError: (message: string, error: unknown) => void
}

/** A publish to the partition waits while one step deletes: about 10 ms. */
const CHUNKS_A_STEP = 200

/** Deletes on a timer what every known group has read and retention no longer wants. */
export function startRetention({ pool, everyMs, timeoutMs, onError }: RetentionDeps): {
  close(): Promise<void>
} {
  let closed = false
  let running = Promise.resolve()
  const timer = setInterval(() => {
    running = running
      .then(trimAll)
      .catch((error) => onError('retention failed, it will be tried again', error))
  }, everyMs)
  timer.unref()

  async function trimAll(): Promise<void> {
    const text = 'select topic, partition from pipeline.log_partition order by topic, partition'
    const partitions = await queryWithin<{ topic: string; partition: number }>(pool, { text }, timeoutMs)
    for (const { topic, partition } of partitions) await trim(topic, partition)
  }

  async function trim(topic: string, partition: number): Promise<void> {
    const text = 'select pipeline.log_trim($1, $2, $3) as deleted'
    let deleted = CHUNKS_A_STEP
    while (!closed && deleted === CHUNKS_A_STEP) {
      const values = [topic, partition, CHUNKS_A_STEP]
      const [row] = await queryWithin<{ deleted: number }>(
        pool,
        { name: 'log_trim', text, values },
        timeoutMs,
      )
      deleted = row?.deleted ?? 0
    }
  }

  return {
    async close() {
      closed = true
      clearInterval(timer)
      await running
    },
  }
}
