import type { BatchLimits } from '../batch-limits.ts'
import type { Slots } from '../create-slots.ts'
import type { LogBatch, PartitionEnd, StoredRecord } from '../event-log.ts'
import { createSignal } from '../signal.ts'
import type { PartitionStore } from './partition-store.ts'

export interface PartitionReaderDeps {
  readonly topic: string
  readonly partition: number
  readonly store: PartitionStore
  readonly slots: Slots
  readonly limits: BatchLimits
  readonly now: () => Date
  readonly onError: (message: string, error: unknown) => void
  handle(batch: LogBatch): Promise<void>
  endReached(end: PartitionEnd): Promise<void>
}

export interface PartitionReader {
  /** Resolves when stopped and idle; rejects when the connection is lost. */
  readonly done: Promise<void>
  /** The partition had grown up to here; tells nothing about the end. */
  headSeen(nextOffset: number): void
  /** The log was asked, and answered that the partition ends here. */
  endSeen(end: Omit<PartitionEnd, 'topic' | 'partition'>): void
  /** Starts no further batch. */
  stop(): void
}

const PAUSE_MS = { first: 100, longest: 5_000 }
/** After a drain the end is asked for at once, but no more often than this; an idle partition's is told by the tick. */
const ASK_END_EVERY_MS = 250
const IDLE_MS = 60_000

/** Hands the records of one partition to the handler, batch by batch, and commits. Its session holds the lock. */
export function readPartition(deps: PartitionReaderDeps): PartitionReader {
  const { topic, partition, store, slots, limits, now, onError } = deps
  const signal = createSignal()
  let stopped = false
  let position = 0
  let head = 0
  let buffered: StoredRecord[] = []
  /** When a batch that is short is handed over all the same, by performance.now(). */
  let dueAt: number | undefined
  let drained = true
  let lastAsked = Number.NEGATIVE_INFINITY
  let end: Omit<PartitionEnd, 'topic' | 'partition'> | undefined

  async function run(): Promise<void> {
    await goTo(await store.position())
    while (!stopped) {
      if (head > position) await handleWhenDue()
      else if (end?.nextOffset === position) await tellEnd()
      else if (drained && performance.now() - lastAsked >= ASK_END_EVERY_MS) await askEnd()
      else await signal.wait(IDLE_MS)
    }
  }

  async function goTo(offset: number): Promise<void> {
    position = offset
    buffered = []
    dueAt = undefined
    await askEnd()
  }

  async function askEnd(): Promise<void> {
    lastAsked = performance.now()
    drained = false
    const checkedAt = now()
    const { nextOffset } = await store.read(position, 0, 0)
    head = nextOffset
    end = { nextOffset, checkedAt }
  }

  async function tellEnd(): Promise<void> {
    const told = { topic, partition, ...(end as NonNullable<typeof end>) }
    end = undefined
    try {
      await deps.endReached(told)
    } catch (error) {
      onError(`telling the end of ${topic} ${partition} failed`, error)
    }
  }

  async function handleWhenDue(): Promise<void> {
    const waitMs = head - position >= limits.minRecords ? 0 : await remainingMs()
    if (waitMs > 0) await signal.wait(waitMs)
    else await handleNext()
  }

  async function remainingMs(): Promise<number> {
    dueAt ??= performance.now() + limits.maxWaitMs - (await store.waitedMs(position))
    return dueAt - performance.now()
  }

  async function handleNext(): Promise<void> {
    let records: readonly StoredRecord[] | undefined
    for (let pauseMs = PAUSE_MS.first; !stopped; pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest)) {
      // The slot is free during the pause: other partitions go on.
      const done = await slots(async () => {
        if (stopped) return true
        records ??= await takeRecords()
        return records !== undefined && (await handleAndCommit(records))
      })
      if (done) return
      await pause(pauseMs)
    }
  }

  async function takeRecords(): Promise<readonly StoredRecord[] | undefined> {
    if (buffered.length < Math.min(limits.maxRecords, head - position)) {
      const found = await store.read(position, limits.maxRecords, limits.maxBytes)
      buffered = found.records
      head = found.nextOffset
    }
    return buffered.length > 0 ? buffered.splice(0, limits.maxRecords) : undefined
  }

  /** False when the handler failed. */
  async function handleAndCommit(records: readonly StoredRecord[]): Promise<boolean> {
    try {
      await deps.handle({ topic, partition, records })
    } catch (error) {
      onError(`handling ${topic} ${partition} failed, the batch comes again`, error)
      return false
    }
    const next = (records.at(-1) as StoredRecord).offset + 1
    if (await store.commit(position, next)) {
      position = next
      dueAt = undefined
      drained = true
    } else {
      onError(`the position in ${topic} ${partition} was moved by someone else`, undefined)
      await goTo(await store.position())
    }
    return true
  }

  async function pause(ms: number): Promise<void> {
    const until = performance.now() + ms
    for (let left = ms; left > 0 && !stopped; left = until - performance.now()) await signal.wait(left)
  }

  return {
    done: run(),
    headSeen(nextOffset) {
      head = Math.max(head, nextOffset)
      signal.wake()
    },
    endSeen(seen) {
      head = Math.max(head, seen.nextOffset)
      end = seen
      signal.wake()
    },
    stop() {
      stopped = true
      signal.wake()
    },
  }
}
