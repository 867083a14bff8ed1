import type { Archive } from '@millrace/archive/archive'
import { mayHold } from '@millrace/archive/choose-objects'
import { createLogger } from '@millrace/runtime/logger'
import { inTransaction } from '@millrace/warehouse/database'
import { expectSameErasures, takeTombstones } from '@millrace/warehouse/erase/replayed-erasures'
import {
  atOneMoment,
  type Positions,
  readFirstLoaded,
  readPositions,
  readRefused,
} from '@millrace/warehouse/shadow/live-state'
import type { ReplayRange } from '@millrace/warehouse/shadow/replay-range'
import { takeLinks } from '@millrace/warehouse/shadow/take-links'
import { takeOpenSessions } from '@millrace/warehouse/shadow/take-open-sessions'
import { takeOutsideBoxes } from '@millrace/warehouse/shadow/take-outside-boxes'
import { takeOutsideOrders } from '@millrace/warehouse/shadow/take-outside-orders'
import { takeOutsideRefunds } from '@millrace/warehouse/shadow/take-outside-refunds'
import { createFactWriter } from '@millrace/warehouse/write/write-facts'
import type { Outcome } from '@millrace/warehouse/write/write-ledger'
import type { Pool, PoolClient } from 'pg'
import type { ReplayDeps } from '../create-replay.ts'
import { createBatchLoader } from '../load-batch.ts'
import { createPositionKeeper } from '../position-keeper.ts'
import { findObjects } from './find-objects.ts'
import { loadObjects } from './load-objects.ts'
import type { Skipped } from './wanted-records.ts'

/** What became of the records that were read. */
export type ReplayedRecords = Outcome & Skipped

/** The shadow, as far as it has been filled. */
export interface Recomputation {
  readonly range: ReplayRange
  readonly records: ReplayedRecords
  /** @throws Fault `already_running` when an erasure has begun since: what was read would bring its persons back. */
  expectSameErasures(live: PoolClient): Promise<void>
  /** Loads what the live database has loaded meanwhile, as a transaction of it sees that. */
  catchUp(live: PoolClient): Promise<void>
  /** Takes over what things of the range are known to have done on other days. */
  takeOutside(live: PoolClient): Promise<void>
}

export interface RecomputationDeps extends Omit<ReplayDeps, 'applyKpis'> {
  readonly topic: string
  readonly archive: Archive
  readonly businessDate: (epochMs: number) => string
}

/** Fills the shadow with what was archived and loaded so far: what takes long, without a transaction open. */
export async function createRecomputation(
  deps: RecomputationDeps,
  range: ReplayRange,
): Promise<Recomputation> {
  const { live, shadow, topic, archive, businessDate, timeZone, onStep } = deps
  const { covered } = range
  const firstLoaded = await readFirstLoaded(live, topic)
  const records = countOutcomes()
  const loadBatch = createShadowLoader(shadow, businessDate, records.add)
  const replayed = new Map<number, number>()
  let reached: Positions = new Map()

  async function loadUntil(until: Positions, refused: ReadonlySet<string>): Promise<void> {
    const span = { from: reached, until, days: covered }
    const onWait = (waiting: number): void => onStep({ kind: 'waiting', records: waiting })
    const listed = await findObjects({ ...deps, firstLoaded, onWait }, span)
    const objects = listed.filter((object) => mayHold(object, { businessDays: covered }))
    let done = 0
    await loadObjects(
      {
        ...{
          archive,
          topic,
          businessDate,
          days: covered,
          refused,
          skipped: records.counts,
          loadBatch,
          replayed,
        },
        onObject: () =>
          onStep({ kind: 'reading', objects: ++done, of: objects.length, records: sum(replayed.values()) }),
      },
      objects,
      span,
    )
    reached = until
  }

  const begun = await atOneMoment(live, async (tx) => {
    const erasures = await inTransaction(shadow, async (into) => {
      await takeLinks(tx, into)
      await takeOpenSessions(tx, into, covered)
      return takeTombstones(tx, into)
    })
    return { erasures, until: await readPositions(tx, topic), refused: await readRefused(tx, topic) }
  })
  await loadUntil(begun.until, begun.refused)

  return {
    range,
    records: records.counts,
    expectSameErasures: (tx) => expectSameErasures(tx, begun.erasures),
    async catchUp(tx) {
      await inTransaction(shadow, (into) => takeLinks(tx, into))
      await loadUntil(await readPositions(tx, topic), await readRefused(tx, topic))
    },
    async takeOutside(tx) {
      await inTransaction(shadow, async (into) => {
        const outside = { live: tx, shadow: into, covered, timeZone }
        await takeOutsideOrders(outside)
        await takeOutsideBoxes(outside)
        await takeOutsideRefunds(outside)
      })
    },
  }
}

function createShadowLoader(
  pool: Pool,
  businessDate: (epochMs: number) => string,
  onLoaded: (outcome: Outcome) => void,
) {
  return createBatchLoader({
    writeFacts: createFactWriter({ pool, businessDate }),
    positions: createPositionKeeper(pool, createLogger({ service: 'replay', level: 'silent' })),
    businessDate,
    inLogUntil: (receivedAt) => receivedAt,
    onLoaded,
  })
}

function countOutcomes() {
  const counts = {
    ...{ loaded: 0, ignored: 0, duplicate: 0, quarantined: 0 },
    ...{ erased: 0, otherDays: 0, refused: 0 },
  }
  return {
    counts,
    add({ loaded, ignored, duplicate, quarantined, erased }: Outcome): void {
      counts.loaded += loaded
      counts.ignored += ignored
      counts.duplicate += duplicate
      counts.quarantined += quarantined
      counts.erased += erased
    },
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
