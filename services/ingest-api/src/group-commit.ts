import { Fault } from '@millrace/contracts/fault'
import type { EventLog, LogRecord, TopicRecords } from '@millrace/event-log/event-log'

export interface GroupCommitDeps {
  readonly log: Pick<EventLog, 'publish'>
  /** Records of waiting requests are joined up to this size; one larger request goes alone. */
  readonly maxGroupBytes: number
  /** What may wait or be on its way, over all requests. Beyond it a request is refused. */
  readonly maxHeldBytes: number
  /** A request that waited longer for its turn is refused: its client has given up or soon will. */
  readonly maxWaitMs: number
}

export interface GroupCommit {
  /**
   * Resolves when the records are durable.
   * @throws Fault `log_unavailable` when they may not be, or when too much is waiting already.
   */
  publish(batches: readonly TopicRecords[], bytes: number): Promise<void>
  /** True while a further request would be refused. */
  isFull(): boolean
}

interface Waiting {
  readonly batches: readonly TopicRecords[]
  readonly bytes: number
  /** By performance.now(). */
  readonly since: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Joins the records of concurrent requests into one publish. An idle log gets a request at once; what arrives while a
 * publish is under way waits for it to return and then goes together. No timer, so no delay without load.
 */
export function createGroupCommit(deps: GroupCommitDeps): GroupCommit {
  const { log, maxGroupBytes, maxHeldBytes, maxWaitMs } = deps
  const queue: Waiting[] = []
  let heldBytes = 0
  let draining = false

  return {
    isFull: () => heldBytes >= maxHeldBytes,
    publish(batches, bytes) {
      if (heldBytes > 0 && heldBytes + bytes > maxHeldBytes) {
        return Promise.reject(new Fault('log_unavailable', 'Too much is waiting to be stored'))
      }
      heldBytes += bytes
      return new Promise((resolve, reject) => {
        queue.push({ batches, bytes, since: performance.now(), resolve, reject })
        if (!draining) void drain()
      })
    },
  }

  async function drain(): Promise<void> {
    draining = true
    while (queue.length > 0) {
      const group = queue.splice(0, groupSize(queue, maxGroupBytes))
      await publishGroup(group)
      letGo(group)
      refuse(queue.splice(0, countLate(queue, maxWaitMs)), new Fault('log_unavailable', 'Waited too long'))
    }
    draining = false
  }

  async function publishGroup(group: readonly Waiting[]): Promise<void> {
    try {
      await log.publish(joinByTopic(group))
    } catch (error) {
      // What is not weather may come from one request's records: alone, it spoils nobody else's.
      if (group.length > 1 && !isWeather(error)) {
        for (const waiting of group) await publishGroup([waiting])
        return
      }
      for (const { reject } of group) reject(error)
      // While the log is away nobody else need wait out its timeout in turn.
      if (isWeather(error)) refuse(queue.splice(0), error)
      return
    }
    for (const { resolve } of group) resolve()
  }

  function refuse(group: readonly Waiting[], error: unknown): void {
    letGo(group)
    for (const { reject } of group) reject(error)
  }

  function letGo(group: readonly Waiting[]): void {
    for (const { bytes } of group) heldBytes -= bytes
  }
}

function countLate(queue: readonly Waiting[], maxWaitMs: number): number {
  const latest = performance.now() - maxWaitMs
  const inTime = queue.findIndex(({ since }) => since >= latest)
  return inTime === -1 ? queue.length : inTime
}

function groupSize(queue: readonly Waiting[], maxGroupBytes: number): number {
  let bytes = 0
  const tooMuch = queue.findIndex((waiting) => {
    bytes += waiting.bytes
    return bytes > maxGroupBytes
  })
  return tooMuch === -1 ? queue.length : Math.max(1, tooMuch)
}

function joinByTopic(group: readonly Waiting[]): readonly TopicRecords[] {
  const [first] = group
  if (first !== undefined && group.length === 1) return first.batches
  const byTopic = new Map<string, LogRecord[]>()
  for (const { topic, records } of group.flatMap(({ batches }) => batches)) {
    const joined = byTopic.get(topic) ?? []
    for (const record of records) joined.push(record)
    byTopic.set(topic, joined)
  }
  return [...byTopic].map(([topic, records]) => ({ topic, records }))
}

function isWeather(error: unknown): boolean {
  return error instanceof Fault && error.retryable
}
