import type { Archive } from '@millrace/archive/archive'
import type { EventLog } from '@millrace/event-log/event-log'
import type { JobData } from '@millrace/job-queue/job-queue'
import type { Logger } from '@millrace/runtime/logger'
import type { Pool } from 'pg'
import type { Registry } from 'prom-client'
import {
  CANARY_STORES,
  type CanaryRound,
  type CanaryStore,
  endRounds,
  type LogEnd,
  markClean,
  partsOf,
  unsearchedRounds,
} from './canary/canary-rounds.ts'
import type { FalsePeople } from './canary/false-people.ts'
import type { Leak } from './canary/leak.ts'
import { createLeakMetrics, type StoresChecked } from './canary/leak-metrics.ts'
import { readLogEnds } from './canary/read-log-ends.ts'
import { searchArchive } from './canary/search-archive.ts'
import { type FilePlaces, searchFiles } from './canary/search-files.ts'
import { searchLog } from './canary/search-log.ts'
import { searchPostgres } from './canary/search-postgres.ts'
import { isWeather } from './is-weather.ts'
import type { Job } from './job.ts'
import { readSuccesses } from './job-successes.ts'
import { onConnection } from './on-connection.ts'

export interface FindLeaksDeps {
  /** Reads every table of ours. */
  readonly pool: Pool
  readonly log: Pick<EventLog, 'ranges' | 'read'>
  readonly archive: Pick<Archive, 'list' | 'get'>
  readonly people: FalsePeople
  /** Of the canary's write key. */
  readonly source: string
  /** Logs and traces; `*` stands for any part of a name. */
  readonly files: readonly string[]
  readonly logger: Logger
  readonly registry: Registry
  readonly now: () => Date
}

/** Kept as the job's result, and read by the next run. */
export interface LeaksFound {
  readonly stores: StoresChecked
  readonly files: FilePlaces
  /** Young rows are younger than this minus what a row may be late; it stands still while there is a leak. */
  readonly since: string
}

const NAME = 'find_leaks'
const EVERY_SECONDS = 300
const HOUR_MS = 3_600_000
const FIRST_LOOK_MS = 24 * HOUR_MS
const LATE_MS = HOUR_MS / 6
/** Objects have the hour of their first event, nearly always; who is behind so long is looked for among all. */
const BEHIND_MS = HOUR_MS
const MOST_HOURS = 48
const SHOWN = 20

/**
 * Looks whether anything of the false personal data of measure-delay-job.ts was kept: in the log, the archive, Postgres,
 * and in files of logs and traces. A round is looked for in each store until it was found there clean, so a leak is told
 * until somebody has removed it, for a week at most. A store that is away keeps what was last known of it.
 */
export function createFindLeaksJob(deps: FindLeaksDeps): Job {
  const metrics = createLeakMetrics(deps.registry)
  return {
    name: NAME,
    schedule: { everySeconds: EVERY_SECONDS },
    async run({ signal }) {
      const result = await findLeaks(deps, signal)
      metrics.show(result.stores)
      return { ...result }
    },
    showResult: (result) => metrics.show((result as unknown as LeaksFound).stores),
  }
}

interface Look {
  readonly rounds: readonly CanaryRound[]
  readonly ends: readonly LogEnd[]
  readonly before: LeaksFound
  readonly startedAt: Date
  readonly signal: AbortSignal
}

/** What was found in one store, and the rounds that were looked for. */
interface Looked {
  readonly leaks: readonly Leak[]
  readonly rounds: readonly CanaryRound[]
  readonly files?: FilePlaces
}

async function findLeaks(deps: FindLeaksDeps, signal: AbortSignal): Promise<LeaksFound> {
  const { pool, log, logger, now } = deps
  const startedAt = now()
  const before = await readBefore(pool, startedAt)
  const ends = (await unlessWeather(deps, 'log', () => readLogEnds(log))) ?? []
  if (ends.length > 0) await endRounds(pool, ends)
  const rounds = await unsearchedRounds(pool, ['log', 'archive', 'postgres'])
  const look = { rounds, ends, before, startedAt, signal }
  let { stores, files } = before
  const all: Leak[] = []
  for (const store of CANARY_STORES) {
    const looked = await unlessWeather(deps, store, () => LOOKS[store](deps, look))
    if (!looked || (looked.rounds.length === 0 && looked.leaks.length === 0 && !isKnown(before, store)))
      continue
    if (looked.leaks.length === 0) await markClean(pool, looked.rounds, store)
    files = looked.files ?? files
    stores = { ...stores, [store]: { leaks: looked.leaks.length, checkedAt: startedAt.toISOString() } }
    all.push(...looked.leaks)
  }
  for (const { store, place, kind } of all.slice(0, SHOWN))
    logger.error({ store, place, kind }, 'false personal data of the canary was kept')
  if (all.length > SHOWN) logger.error({ leaks: all.length }, 'more of it was kept')
  return { stores, files, since: all.length === 0 ? startedAt.toISOString() : before.since }
}

const LOOKS: Readonly<Record<CanaryStore, (deps: FindLeaksDeps, look: Look) => Promise<Looked | undefined>>> =
  {
    log: lookIntoLog,
    archive: lookIntoArchive,
    postgres: lookIntoPostgres,
    files: lookIntoFiles,
  }

/** Before the first round there is nothing to be found: that is no sign that nothing is kept. */
function isKnown({ stores }: LeaksFound, store: CanaryStore): boolean {
  return store === 'files' || stores[store] !== undefined
}

const unclean = (rounds: readonly CanaryRound[], store: CanaryStore): readonly CanaryRound[] =>
  rounds.filter(({ clean }) => !clean.includes(store))

async function lookIntoLog(deps: FindLeaksDeps, { rounds, ends }: Look): Promise<Looked> {
  const wanted = unclean(rounds, 'log')
  const leaks = await searchLog(deps, partsOf(wanted, ends))
  return { leaks, rounds: wanted.filter(({ until }) => until !== null) }
}

async function lookIntoArchive(deps: FindLeaksDeps, look: Look): Promise<Looked> {
  const { ends, startedAt, signal } = look
  const wanted = unclean(look.rounds, 'archive').filter(({ until }) => until !== null)
  const search = (rounds: readonly CanaryRound[], hours?: readonly string[]) =>
    searchArchive({ ...deps, signal }, partsOf(rounds, ends), hours)
  const first = await search(wanted, hoursSince(wanted[0]?.sentAt ?? startedAt, startedAt))
  const isCovered = (found: typeof first) => (round: CanaryRound) =>
    partsOf([round], ends).every(found.covers)
  const covered = wanted.filter(isCovered(first))
  const behind = wanted.filter(
    (round) => !covered.includes(round) && startedAt.getTime() - round.sentAt.getTime() > BEHIND_MS,
  )
  if (behind.length === 0) return { leaks: first.leaks, rounds: covered }
  const second = await search(behind)
  return {
    leaks: [...first.leaks, ...second.leaks],
    rounds: [...covered, ...behind.filter(isCovered(second))],
  }
}

/** Undefined when they are so many that a list of all costs less. */
function hoursSince(from: Date, to: Date): readonly string[] | undefined {
  const hours: string[] = []
  for (let at = from.getTime() - HOUR_MS; at < to.getTime() + HOUR_MS; at += HOUR_MS) {
    if (hours.push(new Date(at).toISOString().slice(0, 13)) > MOST_HOURS) return undefined
  }
  return hours
}

function lookIntoPostgres(deps: FindLeaksDeps, { rounds, before, signal }: Look): Promise<Looked> {
  const wanted = unclean(rounds, 'postgres').filter(({ loaded }) => loaded)
  const search = {
    eventIds: wanted.flatMap(({ eventIds }) => eventIds),
    since: new Date(Date.parse(before.since) - LATE_MS),
  }
  return onConnection(deps.pool, signal, async (db) => ({
    leaks: await searchPostgres({ ...deps, db, signal }, search),
    rounds: wanted,
  }))
}

/** Undefined while there are none: nothing was looked at. */
async function lookIntoFiles(
  { people, files: patterns }: FindLeaksDeps,
  { before, signal }: Look,
): Promise<Looked | undefined> {
  const { files, leaks, places } = await searchFiles({ people, signal }, patterns, before.files)
  return files === 0 ? undefined : { leaks, rounds: [], files: places }
}

async function readBefore(pool: Pool, startedAt: Date): Promise<LeaksFound> {
  const last = (await readSuccesses(pool)).find(({ job }) => job === NAME)
  const nothing = {
    stores: {},
    files: {},
    since: new Date(startedAt.getTime() - FIRST_LOOK_MS).toISOString(),
  }
  return { ...nothing, ...(last?.result as Partial<LeaksFound> & JobData) }
}

/** One store that is away keeps nobody from looking into the others. */
async function unlessWeather<T>(
  { logger }: FindLeaksDeps,
  store: CanaryStore,
  look: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await look()
  } catch (error) {
    if (!isWeather(error)) throw error
    logger.warn(
      { store, reason: (error as Error).message },
      'a store could not be looked into for the canary',
    )
    return undefined
  }
}
