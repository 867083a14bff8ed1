import { Fault } from '@millrace/contracts/fault'
import type pg from 'pg'
import type { TopicRecords } from '../event-log.ts'
import { logUnavailable } from '../log-unavailable.ts'
import { withinTime } from '../within-time.ts'
import { appendFrames, framesByPartition, type PartitionFrames } from './append-frames.ts'

export interface PublisherDeps {
  readonly pool: pg.Pool
  /** How many partitions a topic has; rejects when it does not exist. */
  readonly partitionsOf: (topic: string) => Promise<number>
  readonly timeoutMs: number
}

export interface Publisher {
  /** As EventLog.publish. */
  publish(batches: readonly TopicRecords[]): Promise<void>
  /** Resolves when nothing is under way; refuses from then on. */
  close(): Promise<void>
}

interface Waiting {
  readonly parts: readonly PartitionFrames[]
  readonly records: number
  /** When the publish gives up, by performance.now(). */
  readonly deadline: number
  resolve(): void
  reject(error: unknown): void
}

const MAX_RECORDS_A_STATEMENT = 5_000

/**
 * One statement at a time: its row locks would make a second one wait anyway. What comes meanwhile goes with the next
 * one, so that a hundred small requests cost one commit, and one chunk a partition.
 */
export function createPublisher({ pool, partitionsOf, timeoutMs }: PublisherDeps): Publisher {
  const waiting: Waiting[] = []
  const underWay = new Set<Promise<void>>()
  let flushing = false
  let closed = false

  async function publish(batches: readonly TopicRecords[]): Promise<void> {
    if (closed) throw new Fault('log_unavailable', 'The log is closed')
    const records = batches.reduce((sum, batch) => sum + batch.records.length, 0)
    if (records === 0) return
    const appended = append(batches, records)
    underWay.add(appended)
    try {
      await withinTime(appended, timeoutMs)
    } catch (cause) {
      throw logUnavailable(`Could not publish ${records} records`, cause)
    } finally {
      underWay.delete(appended)
    }
  }

  async function append(batches: readonly TopicRecords[], records: number): Promise<void> {
    const deadline = performance.now() + timeoutMs
    const parts = await framesByPartition(batches, partitionsOf)
    await new Promise<void>((resolve, reject) => {
      waiting.push({ parts, records, deadline, resolve, reject })
      if (!flushing) void flush()
    })
  }

  async function flush(): Promise<void> {
    flushing = true
    for (let together = takeTogether(waiting); together.length > 0; together = takeTogether(waiting)) {
      try {
        await appendFrames(
          pool,
          together.flatMap(({ parts }) => parts),
          timeoutMs,
        )
        for (const { resolve } of together) resolve()
      } catch (error) {
        for (const { reject } of together) reject(error)
      }
    }
    flushing = false
  }

  return {
    publish,
    async close() {
      closed = true
      await Promise.allSettled(underWay)
    },
  }
}

/** The next statement's publishes: at least one, without those that have given up. */
function takeTogether(waiting: Waiting[]): readonly Waiting[] {
  const now = performance.now()
  const together: Waiting[] = []
  let records = 0
  for (let next = waiting[0]; next; next = waiting[0]) {
    const late = next.deadline <= now
    if (!late && together.length > 0 && records + next.records > MAX_RECORDS_A_STATEMENT) break
    waiting.shift()
    if (late) next.reject(new Error('gave up while waiting'))
    else together.push(next)
    records += late ? 0 : next.records
  }
  return together
}
