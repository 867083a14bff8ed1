import type { KafkaMessage } from 'kafkajs'
import { batchLimits } from '../batch-limits.ts'
import { createSlots } from '../create-slots.ts'
import type { ConsumeOptions, PartitionRange } from '../event-log.ts'
import type { Assignment } from './assign-sticky.ts'
import { type CommitPlace, createCommitter } from './create-committer.ts'
import { type GroupPlace, type PartitionWorker, workPartition } from './work-partition.ts'

/** What a partition's worker can do while this process is a member of the group. Topics without the prefix. */
export interface GroupLink {
  commit(places: readonly CommitPlace[]): Promise<void>
  seek(topic: string, partition: number, offset: number): void
  setFlow(topic: string, partition: number, flowing: boolean): void
}

export interface PartitionsDeps {
  readonly consume: ConsumeOptions
  /** The group's place in each partition of the topic, by partition. */
  readPlaces(topic: string): Promise<ReadonlyMap<number, GroupPlace>>
  askEnd(topic: string): void
  /** For half a minute nothing came of what is there. */
  onStuck(what: string): void
  readonly onError: (message: string, error: unknown) => void
}

/** The partitions that this process has of the group, across its memberships. */
export interface HeldPartitions {
  /** Resolves when the places of all that were assigned are known, or another assignment came. */
  joined(assignment: Assignment, link: GroupLink): Promise<void>
  /** The group shares out anew: those that may be lost begin nothing new for a moment. */
  rebalancing(): void
  /** No member any more: what is under way ends, what is buffered waits for the next membership. */
  left(): void
  add(topic: string, partition: number, fetchedOffset: number, messages: readonly KafkaMessage[]): boolean
  /** Those that are being handled come first: a share keeps the first ones, and their work is not done twice. */
  owned(): Assignment
  /** The partitions of the topic that rest, and where. */
  resting(topic: string): ReadonlyMap<number, number>
  endSeen(topic: string, at: number, range: PartitionRange, checkedAt: Date): void
  /** Resolves when no handler is under way and what they handled is committed, or cannot be. */
  close(): Promise<void>
}

interface Held {
  readonly topic: string
  readonly partition: number
  readonly worker: PartitionWorker
}

const PAUSE_BEFORE_SHARING_MS = 1_000
const STUCK_MS = 30_000
const MAX_BUFFERED_BYTES = 128 * 1024 * 1024
const RETRY_MS = { first: 100, longest: 1_000 }

export function holdPartitions(deps: PartitionsDeps): HeldPartitions {
  const { consume, onError } = deps
  const slots = createSlots(consume.concurrency ?? 4)
  const limits = batchLimits(consume)
  const held = new Map<string, Held>()
  /** Workers of partitions that were lost, until their handlers return. */
  const ending = new Map<string, Promise<void>>()
  let link: GroupLink | undefined
  let assignments = 0
  let pausedUntil = 0
  let closed = false
  const committer = createCommitter(async (places) => {
    if (!link) throw new Error('not a member of the group')
    await link.commit(places)
  })

  const nameOf = (topic: string, partition: number): string => `${topic} ${partition}`
  const workers = (): readonly Held[] => [...held.values()]

  function hold(topic: string, partition: number): void {
    const name = nameOf(topic, partition)
    const worker = workPartition({
      topic,
      partition,
      limits,
      slots,
      free: ending.get(name) ?? Promise.resolve(),
      onError,
      handle: (batch) => consume.handle(batch),
      endReached: async (end) => consume.endReached?.(end),
      commit(nextOffset) {
        const since = assignments
        return committer.commit({ topic, partition, nextOffset }, () => since === assignments)
      },
      seek: (offset) => link?.seek(topic, partition, offset),
      setFlow: (flowing) => link?.setFlow(topic, partition, flowing),
      isPressed: () => bufferedBytes() > MAX_BUFFERED_BYTES,
      pausedMs: () => pausedUntil - performance.now(),
      askEnd(why) {
        if (why === 'doubtful' || consume.endReached) deps.askEnd(topic)
      },
      onTaken() {
        for (const other of workers()) other.worker.updateFlow()
      },
      onStuck(forMs) {
        if (forMs > STUCK_MS) deps.onStuck(`${topic} ${partition}`)
      },
    })
    held.set(name, { topic, partition, worker })
  }

  function bufferedBytes(): number {
    let bytes = 0
    for (const { worker } of held.values()) bytes += worker.bufferedBytes
    return bytes
  }

  function letGo(name: string, { worker }: Held): void {
    held.delete(name)
    worker.stop('lost')
    const before = ending.get(name)
    const gone = Promise.all([before, worker.done]).then(() => {
      if (ending.get(name) === gone) ending.delete(name)
    })
    ending.set(name, gone)
  }

  async function settle(assignment: number): Promise<void> {
    const isCurrent = (): boolean => assignment === assignments && !closed
    for (let pauseMs = RETRY_MS.first; isCurrent(); pauseMs = Math.min(pauseMs * 2, RETRY_MS.longest)) {
      try {
        for (const topic of new Set(workers().map(({ topic }) => topic))) {
          const places = await deps.readPlaces(topic)
          if (!isCurrent()) return
          for (const one of workers()) {
            const place = one.topic === topic ? places.get(one.partition) : undefined
            if (place) one.worker.settle(place)
          }
        }
        return
      } catch (error) {
        onError(`group ${consume.group} cannot read where it goes on, tries again`, error)
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }

  return {
    async joined(assignment, newLink) {
      link = newLink
      pausedUntil = 0
      assignments += 1
      const mine = new Set(
        Object.entries(assignment).flatMap(([topic, partitions]) =>
          partitions.map((partition) => nameOf(topic, partition)),
        ),
      )
      // Also after a close: what was handled is committed as long as it is ours.
      for (const [name, one] of held) if (!mine.has(name)) letGo(name, one)
      if (closed) return
      for (const [topic, partitions] of Object.entries(assignment)) {
        for (const partition of partitions) if (!held.has(nameOf(topic, partition))) hold(topic, partition)
      }
      for (const { worker } of workers()) worker.unsettle()
      await settle(assignments)
    },
    rebalancing() {
      pausedUntil = performance.now() + PAUSE_BEFORE_SHARING_MS
    },
    left() {
      link = undefined
      assignments += 1
      pausedUntil = 0
      for (const { worker } of workers()) worker.unsettle()
    },
    add(topic, partition, fetchedOffset, messages) {
      return held.get(nameOf(topic, partition))?.worker.add(fetchedOffset, messages) ?? false
    },
    owned() {
      const owned: Record<string, number[]> = {}
      const busyFirst = [...workers()].sort((a, b) => Number(b.worker.isBusy) - Number(a.worker.isBusy))
      for (const { topic, partition } of busyFirst) owned[topic] = [...(owned[topic] ?? []), partition]
      return owned
    },
    resting(topic) {
      const all = workers().filter((one) => one.topic === topic)
      const at = all.map(({ partition, worker }) => [partition, worker.restingAt()] as const)
      return new Map(at.filter((one): one is readonly [number, number] => one[1] !== undefined))
    },
    endSeen(topic, at, range, checkedAt) {
      held.get(nameOf(topic, range.partition))?.worker.endSeen(at, range, checkedAt)
    },
    async close() {
      closed = true
      for (const { worker } of workers()) worker.stop('closing')
      await Promise.all([...workers().map(({ worker }) => worker.done), ...ending.values()])
    },
  }
}
