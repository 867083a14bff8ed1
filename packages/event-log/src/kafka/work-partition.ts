import type { KafkaMessage } from 'kafkajs'
import type { Slots } from '../create-slots.ts'
import type { LogBatch, PartitionEnd, PartitionRange, StoredRecord } from '../event-log.ts'
import { createSignal } from '../signal.ts'
import { createIntake, type IntakeDeps } from './create-intake.ts'

export interface PartitionDeps extends IntakeDeps {
  readonly topic: string
  readonly partition: number
  readonly slots: Slots
  /** When the handler of whoever worked here before in this process has returned. */
  readonly free: Promise<unknown>
  readonly onError: (message: string, error: unknown) => void
  handle(batch: LogBatch): Promise<void>
  endReached(end: PartitionEnd): Promise<void>
  /** Rejects when it is not known to be stored. */
  commit(nextOffset: number): Promise<void>
  /** How long to begin nothing new, because the group is sharing out anew. */
  pausedMs(): number
  /** Asks the log where the partition ends; `endSeen` gets the answer. */
  askEnd(why: 'drained' | 'doubtful'): void
  /** Records were taken out of the buffer. */
  onTaken(): void
  /** There are more records, but for so long none has come. */
  onStuck(forMs: number): void
}

/** What the log says about the group's place in a partition, and what it holds. */
export interface GroupPlace extends PartitionRange {
  readonly committed: number | undefined
}

export interface PartitionWorker {
  /** Resolves when it was stopped and no handler is under way. */
  readonly done: Promise<void>
  readonly bufferedBytes: number
  /** A batch is being handled or committed. */
  readonly isBusy: boolean
  /** False when the records are not those that come next: they must be fetched again. */
  add(fetchedOffset: number, messages: readonly KafkaMessage[]): boolean
  /** The group is joining: handles and commits nothing until `settle`, keeps what it has. */
  unsettle(): void
  /** The partition is ours, and the group goes on here. */
  settle(place: GroupPlace): void
  updateFlow(): void
  /** Where it stands, while all that was fetched is handled. */
  restingAt(): number | undefined
  /** The log was asked while it was resting at `at`. */
  endSeen(at: number, range: PartitionRange, checkedAt: Date): void
  /** `lost`: another has the partition. `closing`: what was handled is still committed. */
  stop(why: 'lost' | 'closing'): void
}

const RETRY_MS = { first: 100, longest: 5_000 }
const COMMIT_RETRY_MS = { first: 50, longest: 1_000 }
const IDLE_MS = 60_000
/** A batch that cannot be committed for so long, after a close and after its handler, comes again. */
const CLOSE_MS = 5_000

/**
 * Hands the records of one partition to the handler, batch by batch, and commits. Fetching goes on meanwhile, into a
 * buffer: kafkajs would make every partition wait for the slowest.
 */
export function workPartition(deps: PartitionDeps): PartitionWorker {
  const { topic, partition, slots, onError } = deps
  const signal = createSignal()
  const intake = createIntake(deps)
  let stopped: 'lost' | 'closing' | undefined
  let giveUpAt = Number.POSITIVE_INFINITY
  let settled: 'never' | 'before' | 'now' = 'never'
  let committed: number | undefined
  let committing: number | undefined
  /** Rises when the place moved under our feet: what is under way then counts no more. */
  let epoch = 0
  let busy = false
  let end: Omit<PartitionEnd, 'topic' | 'partition'> | undefined
  let stuck: { readonly at: number; readonly since: number } | undefined

  async function run(): Promise<void> {
    await deps.free
    while (!stopped) {
      const at = restingAt()
      const waitMs = settled === 'now' ? Math.max(intake.dueMs(), deps.pausedMs()) : IDLE_MS
      if (at !== undefined && at !== committed) await commit(at, epoch)
      else if (at !== undefined && at === end?.nextOffset) await tellEnd()
      else if (waitMs <= 0) await handleNext()
      else await signal.wait(Math.min(waitMs, IDLE_MS))
    }
  }

  function restingAt(): number | undefined {
    return settled === 'now' && !busy && intake.isEmpty ? intake.next : undefined
  }

  async function handleNext(): Promise<void> {
    const mine = epoch
    busy = true
    const next = await handleUntilDone(() => !stopped && epoch === mine)
    if (next !== undefined) await commit(next, mine)
    busy = false
    if (intake.isEmpty && !stopped) deps.askEnd(intake.isDoubtful ? 'doubtful' : 'drained')
  }

  /** The offset after the batch; undefined when it is no longer ours to handle. */
  async function handleUntilDone(isOurs: () => boolean): Promise<number | undefined> {
    let records: readonly StoredRecord[] | undefined
    for (let pauseMs = RETRY_MS.first; isOurs(); pauseMs = Math.min(pauseMs * 2, RETRY_MS.longest)) {
      while (settled !== 'now' && isOurs()) await signal.wait(IDLE_MS)
      // The slot is free during the pause: other partitions go on.
      const done = await slots(async () => {
        if (!isOurs() || settled !== 'now') return false
        records ??= take()
        return handle(records)
      })
      if (done) return nextAfter(records)
      if (isOurs()) await pause(pauseMs)
    }
    return undefined
  }

  function take(): readonly StoredRecord[] {
    const records = intake.take()
    deps.onTaken()
    return records
  }

  async function handle(records: readonly StoredRecord[]): Promise<boolean> {
    try {
      await deps.handle({ topic, partition, records })
      return true
    } catch (error) {
      onError(`handling ${topic} ${partition} failed, the batch comes again`, error)
      return false
    }
  }

  /** Until it is stored, or no longer ours to store. */
  async function commit(next: number, mine: number): Promise<void> {
    committing = next
    if (stopped) giveUpAt = performance.now() + CLOSE_MS
    let pauseMs = COMMIT_RETRY_MS.first
    while (stopped !== 'lost' && epoch === mine && committed !== next && performance.now() < giveUpAt) {
      if (settled === 'now' && (await tryCommit(next, mine))) break
      await pause(pauseMs)
      pauseMs = Math.min(pauseMs * 2, COMMIT_RETRY_MS.longest)
    }
    committing = undefined
  }

  async function tryCommit(next: number, mine: number): Promise<boolean> {
    try {
      await deps.commit(next)
      if (epoch === mine) committed = next
      return true
    } catch (error) {
      onError(`committing ${topic} ${partition} failed, tries again`, error)
      return false
    }
  }

  async function pause(ms: number): Promise<void> {
    const until = performance.now() + ms
    for (let left = ms; left > 0 && stopped !== 'lost'; left = until - performance.now())
      await signal.wait(left)
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

  function goTo(offset: number): void {
    epoch += 1
    end = undefined
    intake.goTo(offset)
  }

  /** Others may have had the partition while we were away: what they did not touch goes on from memory. */
  function isUntouched(place: GroupPlace): boolean {
    if (settled === 'never') return false
    return place.committed === committed || (committing !== undefined && place.committed === committing)
  }

  function goToPlace(place: GroupPlace): void {
    const at = place.committed ?? committed ?? place.firstOffset
    const isThere = at >= place.firstOffset && at <= place.nextOffset
    if (!isThere) tellLost(at, place.firstOffset)
    goTo(isThere ? at : place.firstOffset)
  }

  function tellLost(at: number, firstOffset: number): void {
    onError(`${topic} ${partition} has no more what was at ${at}, goes on at ${firstOffset}`, undefined)
  }

  return {
    done: run(),
    get bufferedBytes() {
      return intake.bytes
    },
    get isBusy() {
      return busy
    },
    add(fetchedOffset, messages) {
      const isNext = intake.add(fetchedOffset, messages)
      if (intake.isDoubtful) deps.askEnd('doubtful')
      signal.wake()
      return isNext
    },
    unsettle() {
      if (settled === 'now') settled = 'before'
      intake.resume()
    },
    settle(place) {
      if (!isUntouched(place)) goToPlace(place)
      else if (intake.isDoubtful) intake.resume()
      committed = place.committed
      settled = 'now'
      signal.wake()
    },
    updateFlow: intake.updateFlow,
    restingAt,
    endSeen(at, { firstOffset, nextOffset }, checkedAt) {
      if (restingAt() !== at) return
      if (at < firstOffset || at > nextOffset) {
        tellLost(at, firstOffset)
        goTo(firstOffset)
      } else if (intake.isDoubtful) intake.resume()
      end = at === nextOffset ? { nextOffset, checkedAt } : undefined
      stuck =
        at < nextOffset && intake.isFlowing && stuck?.at === at ? stuck : { at, since: performance.now() }
      deps.onStuck(performance.now() - stuck.since)
      signal.wake()
    },
    stop(why) {
      if (stopped !== 'lost') stopped = why
      giveUpAt = performance.now() + CLOSE_MS
      signal.wake()
    },
  }
}

function nextAfter(records: readonly StoredRecord[] = []): number | undefined {
  const last = records.at(-1)
  return last && last.offset + 1
}
