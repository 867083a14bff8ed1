import type { PartitionRange } from '../event-log.ts'
import { createSignal } from '../signal.ts'
import type { HeldPartitions } from './hold-partitions.ts'

export interface WatchEndsDeps {
  readonly topics: readonly string[]
  /** How often a topic is looked at when nobody asks. */
  readonly everyMs: number
  readonly now: () => Date
  readonly partitions: HeldPartitions
  readRanges(topic: string): Promise<readonly PartitionRange[]>
  readonly onError: (message: string, error: unknown) => void
}

export interface EndWatch {
  /** Looks at the topic soon. */
  ask(topic: string): void
  close(): Promise<void>
}

const ASK_EVERY_MS = 250

/** Asks the log, one question a topic, where the partitions end that have handled all they fetched. */
export function watchEnds(deps: WatchEndsDeps): EndWatch {
  const signal = createSignal()
  const askedFor = new Set<string>()
  const lookedAt = new Map<string, number>(deps.topics.map((topic) => [topic, performance.now()]))
  let closed = false

  async function run(): Promise<void> {
    while (!closed) {
      let waitMs = deps.everyMs
      for (const topic of deps.topics) {
        const everyMs = askedFor.has(topic) ? ASK_EVERY_MS : deps.everyMs
        const leftMs = (lookedAt.get(topic) ?? 0) + everyMs - performance.now()
        if (leftMs <= 0 && !closed) await look(topic)
        waitMs = Math.min(waitMs, Math.max(leftMs, ASK_EVERY_MS / 10))
      }
      if (!closed) await signal.wait(waitMs)
    }
  }

  async function look(topic: string): Promise<void> {
    lookedAt.set(topic, performance.now())
    askedFor.delete(topic)
    const resting = deps.partitions.resting(topic)
    if (resting.size === 0) return
    const checkedAt = deps.now()
    try {
      for (const range of await deps.readRanges(topic)) {
        const at = resting.get(range.partition)
        if (at !== undefined) deps.partitions.endSeen(topic, at, range, checkedAt)
      }
    } catch (error) {
      deps.onError(`cannot read where ${topic} ends, tries again`, error)
    }
  }

  const running = run()
  return {
    ask(topic) {
      askedFor.add(topic)
      signal.wake()
    },
    async close() {
      closed = true
      signal.wake()
      await running
    },
  }
}
