import type { Archive } from '@millrace/archive/archive'
import { readClaim } from '@millrace/archive/claim-archive'
import { Fault } from '@millrace/contracts/fault'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { DayRange } from '@millrace/kpis/read-totals'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import { readLogIdentity } from '@millrace/warehouse/claim-ledger'
import { expectKept, readFactsKept } from '@millrace/warehouse/facts-kept'
import { atOneMoment, type Positions } from '@millrace/warehouse/shadow/live-state'
import { replayRange } from '@millrace/warehouse/shadow/replay-range'
import type { Pool } from 'pg'
import { chooseDays, type ReplayChoice } from './replay/choose-days.ts'
import { type Comparison, compareWindow } from './replay/compare-window.ts'
import {
  createRecomputation,
  type Recomputation,
  type ReplayedRecords,
} from './replay/create-recomputation.ts'
import { type Swapped, swapWindow } from './replay/swap-window.ts'

export type { ReplayChoice } from './replay/choose-days.ts'
export type { Comparison } from './replay/compare-window.ts'
export type { ReplayedRecords } from './replay/create-recomputation.ts'
export type { Swapped } from './replay/swap-window.ts'

export interface ReplayDeps {
  /** As the owner of the tables; four connections at least. */
  readonly live: Pool
  /** An empty warehouse with the KPIs as they are defined now (warehouse/shadow/open-shadow.ts); six connections. */
  readonly shadow: Pool
  readonly archive: Archive
  /** IANA name: the live database's. */
  readonly timeZone: string
  /** MILLRACE_DEFINITIONS */
  readonly definitions?: string | undefined
  /** How far each partition is archived, as the archiver's group says. */
  readonly archivedUntil: () => Promise<Positions>
  readonly waitSeconds: number
  /** Puts the KPIs as they are defined now into force on the live database; returns those that were filled anew. */
  readonly applyKpis: () => Promise<readonly string[]>
  readonly now: () => Date
  readonly sleep: (ms: number) => Promise<void>
  readonly onStep: (step: ReplayStep) => void
}

/** What a replay is about. */
export type ReplayStep =
  | { readonly kind: 'reading'; readonly objects: number; readonly of: number; readonly records: number }
  | { readonly kind: 'waiting'; readonly records: number }
  | { readonly kind: 'comparing'; readonly table: string }
  | { readonly kind: 'locked' | 'swapping' | 'unlocked' | 'mending'; readonly table?: string }

/** The past as the archive tells it, beside what the live database says. */
export interface Replayed {
  readonly comparison: Comparison
  readonly records: ReplayedRecords
  /** Puts the live database right, and compares once more. */
  swap(): Promise<Swapped>
}

/**
 * The story of a replay: the events of some days are loaded from the archive into a shadow by the loader's own steps,
 * caught up to one moment of the live database, and compared with it. Nothing of the live database is locked or changed
 * before swap().
 */
export function createReplay(deps: ReplayDeps): (choice: ReplayChoice) => Promise<Replayed> {
  const { live, archive, timeZone } = deps
  return async function replay(choice) {
    const businessDate = createBusinessDate(timeZone)
    await expectOneLog(deps)
    const window = await keptDays(
      live,
      choice,
      await chooseDays({ archive, topic: EVENTS_TOPIC, businessDate }, choice),
    )
    const recomputation = await createRecomputation(
      { ...deps, businessDate, topic: EVENTS_TOPIC },
      replayRange(window),
    )
    const compare = (): Promise<Comparison> => compareAtOneMoment(deps, recomputation)
    const comparison = await compare()
    return {
      comparison,
      records: recomputation.records,
      swap: () => swapWindow({ ...deps, topic: EVENTS_TOPIC, recomputation, compare }, comparison),
    }
  }

  async function compareAtOneMoment(deps: ReplayDeps, recomputation: Recomputation): Promise<Comparison> {
    return atOneMoment(live, async (tx) => {
      await recomputation.expectSameErasures(tx)
      await recomputation.catchUp(tx)
      await recomputation.takeOutside(tx)
      return compareWindow({ ...deps, live: tx, range: recomputation.range })
    })
  }
}

/** Offsets mean something only together with their log. */
async function expectOneLog({ live, archive }: ReplayDeps): Promise<void> {
  const [loaded, archived] = [await readLogIdentity(live), (await readClaim(archive))?.identity]
  if (loaded === undefined || archived === undefined || loaded === archived) return
  throw new Fault(
    'config_invalid',
    `The archive is that of log ${archived}, the database was loaded from ${loaded}: they do not belong together`,
  )
}

/** Days whose facts retention has taken away keep their totals; what is asked for by records leaves them out. */
async function keptDays(live: Pool, choice: ReplayChoice, { from, to }: DayRange): Promise<DayRange> {
  const { firstDay } = await readFactsKept(live)
  const first = 'days' in choice || from > firstDay ? from : firstDay
  for (const day of [first, to]) expectKept(day, firstDay)
  return { from: first, to }
}
