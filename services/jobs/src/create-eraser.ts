import { randomUUID } from 'node:crypto'
import type { Archive } from '@millrace/archive/archive'
import type { NoteObject } from '@millrace/archive/erase/erase-object'
import { putTombstones } from '@millrace/archive/erase/tombstone-objects'
import { Fault } from '@millrace/contracts/fault'
import type { EventLog } from '@millrace/event-log/event-log'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import { countFacts, type EraseFactsDeps, eraseFacts } from '@millrace/warehouse/erase/erase-facts'
import type { ErasedObject } from '@millrace/warehouse/erase/erased-objects'
import {
  beginErasure,
  type Erasure,
  finishErasure,
  readLinked,
  readUnfinished,
  whileAlone,
} from '@millrace/warehouse/erase/erasures'
import { readTimeZone } from '@millrace/warehouse/read-time-zone'
import type { Pool } from 'pg'
import { createObjectEraser } from './erase/create-object-eraser.ts'
import { countObjects, eraseArchive } from './erase/erase-archive.ts'
import { makeReceipt, type Receipt } from './erase/receipt.ts'
import { type Behind, waitForGroup } from './erase/wait-for-group.ts'

export type { Receipt } from './erase/receipt.ts'

export interface EraserDeps {
  /** Connections as the owner of the tables or as role millrace_jobs; three at least. */
  readonly pool: Pool
  readonly archive: Archive
  readonly log: Pick<EventLog, 'ranges' | 'positions' | 'keptFor'>
  /** How long loader and archiver are waited for, each. */
  readonly waitSeconds: number
  readonly now: () => Date
  readonly sleep: (ms: number) => Promise<void>
  /** Told what is being done, a few words. */
  progress(step: string): void
}

/** What there is of persons. */
export type Found = Pick<Receipt, 'pseudonyms' | 'warehouse' | 'archive'>

export interface Eraser {
  /**
   * Erases persons by their pseudonyms, with all whom they are linked to. Ends first what was begun before: those
   * receipts come before its own.
   */
  erase(people: readonly string[]): Promise<readonly Receipt[]>
  /** What erase would do now; nothing is changed. */
  count(people: readonly string[]): Promise<Found>
  /** Ends the erasures that were begun and are not finished: their process was killed, or the archiver was behind. */
  resume(): Promise<readonly Receipt[]>
}

/**
 * The story of an erasure. Each step may be killed anywhere and is done again by whoever comes next:
 *
 * 1. The loader is waited for, so that links of what the log holds are known. Then tombstones in the database, at a moment
 *    without a load: from here on nothing of the persons is loaded. Tombstones in the archive, for the archiver.
 * 2. The warehouse and the quarantine, in one transaction, which also says when it was (`erasedAt`): what is received from
 *    then on counts as of somebody new.
 * 3. Spool, raw objects and Parquet, each object replaced only while it is what was looked at.
 * 4. The archiver is waited for and what it put meanwhile is looked at: once its position has passed what the log held
 *    when the tombstones were there, nothing without them can come. Is it not there in time, the erasure stays open, and
 *    the job ends it.
 */
export function createEraser(deps: EraserDeps): Eraser {
  const { pool, archive, log, progress } = deps

  async function complete(erasure: Erasure, notLoaded: readonly Behind[] = []): Promise<Receipt> {
    const { erasureId, people } = erasure
    if (erasure.erasedAt === undefined) await putTombstones(archive, { erasureId, people })
    const { erasedAt, counts } = await erasedFacts(erasure)
    await putTombstones(archive, { erasureId, people, erasedAt })
    const erased = await eraseArchive(deps, { erasureId, people, erasedAt })
    const done = { erasureId, people, erasedAt }
    const receipt = await makeReceipt({ log, erasure: done, counts, notLoaded, ...erased })
    if (receipt.pending.length === 0) await finishErasure(pool, erasureId, receipt)
    return receipt
  }

  async function count(given: readonly string[]): Promise<Found> {
    const people = await readLinked(pool, given)
    const warehouse = await countFacts(await factDeps(), people)
    const objects: ErasedObject[] = []
    const note: NoteObject = async (key, counts) => void objects.push({ key, ...counts })
    const look = createObjectEraser({ archive, people, note, dryRun: true })
    await look.spool()
    await look.raw()
    await look.parquet()
    return { pseudonyms: people.size, warehouse, archive: countObjects(objects) }
  }

  async function factDeps(): Promise<EraseFactsDeps> {
    const businessDate = createBusinessDate(await readTimeZone(pool))
    return { pool, businessDate, progress: (table) => progress(`looking into ${table}`) }
  }

  async function erasedFacts(erasure: Erasure): Promise<Required<Pick<Erasure, 'erasedAt' | 'counts'>>> {
    const { erasureId, people, erasedAt, counts } = erasure
    if (erasedAt !== undefined && counts) return { erasedAt, counts }
    return eraseFacts(await factDeps(), erasureId, people)
  }

  async function resume(): Promise<readonly Receipt[]> {
    const receipts: Receipt[] = []
    for (const erasure of await readUnfinished(pool)) receipts.push(await complete(erasure))
    return receipts
  }

  return {
    erase: (given) =>
      onlyOne(pool, async () => {
        const resumed = await resume()
        progress('waiting for the loader')
        const notLoaded = await waitForGroup(deps, 'loader')
        const erasureId = randomUUID()
        const people = await beginErasure(pool, erasureId, given)
        return [...resumed, await complete({ erasureId, people }, notLoaded)]
      }),
    count: (given) => onlyOne(pool, () => count(given)),
    resume: () => onlyOne(pool, resume),
  }
}

/** @throws Fault `already_running` */
async function onlyOne<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const done = await whileAlone(pool, work)
  if (!done) throw new Fault('already_running', 'Another erasure of this database is running')
  return done.result
}
