import { createHash } from 'node:crypto'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'
import type { WarehouseCounts } from '@millrace/warehouse/erase/erase-facts'
import type { ArchiveCounts, ErasedArchive } from './erase-archive.ts'
import type { Behind } from './wait-for-group.ts'

/** What an erasure did, without a word on who it was. */
export interface Receipt {
  readonly erasureId: string
  /** ISO 8601 UTC: what was received before it is erased, wherever it turns up. */
  readonly erasedAt: string
  /** How many pseudonyms, linked ones among them. */
  readonly pseudonyms: number
  readonly warehouse: WarehouseCounts
  readonly archive: ArchiveCounts
  readonly log: {
    /** ISO 8601 UTC: by then the log has lost what it holds of the persons; undefined when nothing says so. */
    readonly keptUntil?: string
  }
  /** Records that the archiver has not put yet; it leaves the persons out. Not empty: the job `complete_erasures` ends it. */
  readonly pending: readonly Behind[]
  /** Records that the loader had not loaded when it began: people linked by nothing else were not known yet. */
  readonly notLoaded: readonly Behind[]
  /** Objects in `spool-broken/`, which nobody can search. */
  readonly unreadableObjects: number
  /** `sha256:` and the hash, hexadecimal, of all of the above as JSON with sorted names. */
  readonly hash: string
}

export interface ReceiptParts extends ErasedArchive {
  readonly log: Pick<EventLog, 'keptFor'>
  readonly erasure: {
    readonly erasureId: string
    readonly people: ReadonlySet<string>
    readonly erasedAt: string
  }
  readonly counts: WarehouseCounts
  readonly notLoaded: readonly Behind[]
}

export async function makeReceipt({
  log,
  erasure,
  counts,
  notLoaded,
  ...erased
}: ReceiptParts): Promise<Receipt> {
  const { erasureId, people, erasedAt } = erasure
  const keptMs = await log.keptFor(EVENTS_TOPIC)
  const keptUntil = keptMs && new Date(Date.parse(erasedAt) + keptMs).toISOString()
  const receipt = {
    ...{ erasureId, erasedAt, pseudonyms: people.size },
    warehouse: counts,
    archive: erased.archive,
    log: keptUntil ? { keptUntil } : {},
    pending: erased.behind,
    notLoaded,
    unreadableObjects: erased.unreadable,
  }
  return { ...receipt, hash: hashOf(receipt) }
}

/** The same for the same receipt, in whatever order its names stand. */
export function hashOf(receipt: object): string {
  return `sha256:${createHash('sha256').update(sortedJson(receipt)).digest('hex')}`
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  )
}
