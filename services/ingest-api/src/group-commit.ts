import { Fault } from '@millrace/contracts/fault'
import type { LogRecord, TopicRecords } from '@millrace/event-log/event-log'

export interface GroupCommitDeps {
  /** Makes records of several requests durable; `receivedAt` is the earliest of theirs. */
  readonly store: (batches: readonly TopicRecords[], receivedAt: Date) => Promise<void>
  /** Records of waiting requests are joined up to this size; one larger request goes alone. */
  readonly maxGroupBytes: number
  /** What may wait or be on its way, over all requests. Beyond it a request is refused. */
  readonly maxHeldBytes: number
  /** A request that waited longer for its turn is refused: its client has given up or soon will. */
  readonly maxWaitMs: number
  /** How long a group that is not full waits for company; 0 unless given. */
  readonly lingerMs?: number
}

/** What one request wants to be stored. */
export interface Commit {
  readonly batches: readonly TopicRecords[]
  /** Near enough to bound memory. */
  readonly bytes: number
  readonly receivedAt: Date
}

export interface GroupCommit {
  /**
   * Resolves when the records are durable.
   * @throws Fault `log_unavailable` when too much is waiting already, else what `store` throws: they may not be durable.
   */
  publish(commit: Commit): Promise<void>
  /** True while a further request would be refused. */
  isFull(): boolean
}

interface Waiting extends Commit {
  /** By performance.now(). */
  readonly since: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Joins the records of concurrent requests, so that they are stored at once. An idle store gets a request as soon as the
 * linger time is over; what arrives while another group is on its way waits for it to return and then goes together.
 */
export function createGroupCommit(deps: GroupCommitDeps): GroupCommit {
  const { store, maxGroupBytes, maxHeldBytes, maxWaitMs, lingerMs = 0 } = deps
  const queue: Waiting[] = []
  let heldBytes = 0
  let draining = false

  return {
    isFull: () => heldBytes >= maxHeldBytes,
    publish(commit) {
      if (heldBytes > 0 && heldBytes + commit.bytes > maxHeldBytes) {
        return Promise.reject(new Fault('log_unavailable', 'Too much is waiting to be stored'))
      }
      heldBytes += commit.bytes
      return new Promise((resolve, reject) => {
        queue.push({ ...commit, since: performance.now(), resolve, reject })
        if (!draining) void drain()
      })
    },
  }

  async function drain(): Promise<void> {
    draining = true
    while (queue.length > 0) {
      if (lingerMs > 0 && groupSize(queue, maxGroupBytes) === queue.length)
        await new Promise((resolve) => setTimeout(resolve, lingerMs))
      const group = queue.splice(0, groupSize(queue, maxGroupBytes))
      await storeGroup(group)
      letGo(group)
      refuse(queue.splice(0, countLate(queue, maxWaitMs)), new Fault('log_unavailable', 'Waited too long'))
    }
    draining = false
  }

  async function storeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      await store(joinByTopic(group), earliest(group))
    } catch (error) {
      // What is not weather may come from one request's records: alone, it spoils nobody else's.
      if (group.length > 1 && !isWeather(error)) {
        for (const waiting of group) await storeGroup([waiting])
        return
      }
      for (const { reject } of group) reject(error)
      // While the store is away nobody else need wait out its timeout in turn.
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

/** Whether the error is of a kind that passes by itself. */
export function isWeather(error: unknown): boolean {
  return error instanceof Fault && error.retryable
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

function earliest(group: readonly Waiting[]): Date {
  return new Date(Math.min(...group.map(({ receivedAt }) => receivedAt.getTime())))
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
