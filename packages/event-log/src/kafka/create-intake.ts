import type { KafkaMessage } from 'kafkajs'
import type { BatchLimits } from '../batch-limits.ts'
import type { StoredRecord } from '../event-log.ts'
import { createBuffer } from './create-buffer.ts'

export interface IntakeDeps {
  readonly limits: BatchLimits
  /** The next fetch begins here. */
  seek(offset: number): void
  setFlow(flowing: boolean): void
  /** Too much is buffered over all partitions. */
  isPressed(): boolean
}

/** The fetched records of one partition, and what is to be fetched next. */
export interface Intake {
  /** The next offset to fetch: all before it were taken or are buffered. Undefined, and closed, before `goTo`. */
  readonly next: number | undefined
  readonly bytes: number
  readonly isEmpty: boolean
  /** What came was not what comes next: nothing is fetched until `resume` or `goTo`. */
  readonly isDoubtful: boolean
  readonly isFlowing: boolean
  /** Takes the records in; false, and doubtful, when they are not those that come next. */
  add(fetchedOffset: number, messages: readonly KafkaMessage[]): boolean
  /** How long until a batch is due; Infinity while there is nothing. */
  dueMs(): number
  take(): readonly StoredRecord[]
  /** Drops what is buffered, fetches from the offset. */
  goTo(offset: number): void
  /** Tells kafkajs, which may have forgotten, where to fetch and whether. */
  resume(): void
  updateFlow(): void
}

export function createIntake({ limits, seek, setFlow, isPressed }: IntakeDeps): Intake {
  const buffer = createBuffer()
  let next: number | undefined
  let isFlowing = false
  let isDoubtful = false

  function isFull(): boolean {
    return buffer.count >= limits.maxRecords || buffer.bytes >= limits.maxBytes || isPressed()
  }

  function updateFlow(): void {
    const wanted = next !== undefined && !isFull() && !isDoubtful
    if (wanted === isFlowing) return
    isFlowing = wanted
    setFlow(wanted)
  }

  function resume(): void {
    isDoubtful = false
    if (next !== undefined) seek(next)
    isFlowing = next !== undefined && !isFull()
    setFlow(isFlowing)
  }

  return {
    get next() {
      return next
    },
    get bytes() {
      return buffer.bytes
    },
    get isEmpty() {
      return buffer.count === 0
    },
    get isDoubtful() {
      return isDoubtful
    },
    get isFlowing() {
      return isFlowing
    },
    add(fetchedOffset, messages) {
      if (next === undefined) return false
      const begin = Number(messages[0]?.offset)
      // A fetch from where we are may begin later: control records are not delivered.
      isDoubtful = begin !== next && fetchedOffset !== next
      if (!isDoubtful) {
        buffer.add(messages)
        next = Number(messages.at(-1)?.offset) + 1
      }
      updateFlow()
      return !isDoubtful
    },
    dueMs() {
      if (buffer.since === undefined) return Number.POSITIVE_INFINITY
      if (buffer.count >= limits.minRecords || isFull()) return 0
      return buffer.since + limits.maxWaitMs - performance.now()
    },
    take() {
      const records = buffer.take(limits.maxRecords, limits.maxBytes)
      updateFlow()
      return records
    },
    goTo(offset) {
      buffer.clear()
      next = offset
      resume()
    },
    resume,
    updateFlow,
  }
}
