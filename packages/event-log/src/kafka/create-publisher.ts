import { Fault } from '@millrace/contracts/fault'
import type { TopicRecords } from '../event-log.ts'
import { withinTime } from '../within-time.ts'
import { kafkaUnavailable } from './kafka-error.ts'
import type { KafkaProducer } from './open-producer.ts'
import { type PlannedBatch, planBatches, planRounds } from './plan-sends.ts'
import type { TopicFactsReader } from './topic-facts.ts'

export interface PublisherDeps {
  readonly topics: TopicFactsReader
  readonly prefix: string
  readonly timeoutMs: number
  openProducer(): KafkaProducer
}

export interface Publisher {
  /** As EventLog.publish. */
  publish(batches: readonly TopicRecords[]): Promise<void>
  /** Resolves when nothing is under way; refuses from then on. */
  close(): Promise<void>
}

interface Waiting {
  readonly batches: readonly PlannedBatch[]
  readonly bytes: number
  /** When the publish gives up, by performance.now(). */
  readonly deadline: number
  resolve(): void
  reject(error: unknown): void
}

const MAX_BYTES_TOGETHER = 4 * 1024 * 1024
const MAX_BYTES_WAITING = 64 * 1024 * 1024
/** The publish itself gives up first, and says after how long. */
const GRACE_MS = 20

/**
 * One send at a time, and publishes that wait share the next: two at once over one producer would mix up its sequence
 * numbers when the first fails.
 */
export function createPublisher(deps: PublisherDeps): Publisher {
  const { topics, prefix, timeoutMs } = deps
  const waiting: Waiting[] = []
  const underWay = new Set<Promise<void>>()
  let waitingBytes = 0
  let flushing = false
  let closed = false
  let producer: KafkaProducer | undefined

  async function publish(batches: readonly TopicRecords[]): Promise<void> {
    if (closed) throw new Fault('log_unavailable', 'The log is closed')
    const records = batches.reduce((sum, batch) => sum + batch.records.length, 0)
    if (records === 0) return
    const appended = append(batches)
    underWay.add(appended)
    try {
      await withinTime(appended, timeoutMs)
    } catch (cause) {
      throw kafkaUnavailable(`Could not publish ${records} records`, cause)
    } finally {
      underWay.delete(appended)
    }
  }

  async function append(batches: readonly TopicRecords[]): Promise<void> {
    const deadline = performance.now() + timeoutMs
    const planned: PlannedBatch[] = []
    for (const { topic, records } of batches) {
      const name = `${prefix}${topic}`
      planned.push(...planBatches({ topic: name, records }, await topics.of(name)))
    }
    const bytes = planned.reduce((sum, batch) => sum + batch.bytes, 0)
    if (waitingBytes > 0 && waitingBytes + bytes > MAX_BYTES_WAITING) throw new Error('too much is waiting')
    waitingBytes += bytes
    await new Promise<void>((resolve, reject) => {
      waiting.push({ batches: planned, bytes, deadline, resolve, reject })
      if (!flushing) void flush()
    })
  }

  async function flush(): Promise<void> {
    flushing = true
    for (let together = takeTogether(); together.length > 0; together = takeTogether()) {
      try {
        await send(together)
        for (const { resolve } of together) resolve()
      } catch (error) {
        for (const { reject } of together) reject(error)
      }
      for (const { bytes } of together) waitingBytes -= bytes
    }
    flushing = false
  }

  /** The next send's publishes: at least one, without those that have given up. */
  function takeTogether(): readonly Waiting[] {
    const now = performance.now()
    const together: Waiting[] = []
    let bytes = 0
    for (let next = waiting[0]; next; next = waiting[0]) {
      const late = next.deadline <= now
      if (!late && together.length > 0 && bytes + next.bytes > MAX_BYTES_TOGETHER) break
      waiting.shift()
      if (late) {
        waitingBytes -= next.bytes
        next.reject(new Error('gave up while waiting'))
      } else {
        bytes += next.bytes
        together.push(next)
      }
    }
    return together
  }

  async function send(together: readonly Waiting[]): Promise<void> {
    const deadline = Math.max(...together.map((one) => one.deadline)) + GRACE_MS
    const used = await connectedProducer(deadline)
    for (const round of planRounds(together.flatMap(({ batches }) => batches))) {
      const sent = Promise.all(round.map((batches) => used.send(batches)))
      try {
        await withinTime(sent, deadline - performance.now())
      } catch (error) {
        discard(used)
        throw error
      }
    }
  }

  /** One that takes long to connect is left to it, for those who come later. */
  async function connectedProducer(deadline: number): Promise<KafkaProducer> {
    const used = producer ?? deps.openProducer()
    producer = used
    used.connected.catch(() => discard(used))
    await withinTime(used.connected, deadline - performance.now())
    return used
  }

  function discard(used: KafkaProducer): void {
    if (producer === used) producer = undefined
    topics.refresh()
    used.kill()
  }

  return {
    publish,
    async close() {
      closed = true
      await Promise.allSettled(underWay)
      if (producer) discard(producer)
    },
  }
}
