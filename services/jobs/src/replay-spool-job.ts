import type { Archive } from '@millrace/archive/archive'
import { listSpool, readSpooled, setSpooledAside } from '@millrace/archive/spool'
import { spooledAt } from '@millrace/archive/spool/spool-key'
import type { Fault } from '@millrace/contracts/fault'
import type { EventLog } from '@millrace/event-log/event-log'
import type { JobData, RunningJob } from '@millrace/job-queue/job-queue'
import type { Logger } from '@millrace/runtime/logger'
import type { Registry } from 'prom-client'
import { isWeather } from './is-weather.ts'
import type { Job } from './job.ts'
import { cutBatches } from './replay-spool/cut-batches.ts'
import { createSpoolMetrics } from './replay-spool/spool-metrics.ts'

export interface ReplaySpoolDeps {
  readonly log: Pick<EventLog, 'publish'>
  readonly archive: Pick<Archive, 'list' | 'get' | 'putIfAbsent' | 'delete'>
  readonly logger: Logger
  readonly registry: Registry
  readonly now: () => Date
}

const EVERY_SECONDS = 2
const TELL_EVERY_MS = 1_000
/** What a run looks at; the next one goes on. */
const MOST_OBJECTS = 50_000
/** One object alone may be the reason of a failure; so many are weather. */
const MOST_FAILURES = 3
/** Enough to see what is wrong; how many there are tells the gauge. */
const MOST_TOLD = 20

/** What a run has done so far. */
interface Done {
  replayed: number
  records: number
  setAside: number
  /** Objects that stay where they are, because of themselves. */
  readonly stuck: string[]
}

/**
 * Publishes what the API stored in the spool while the log was away, the oldest first, and deletes each object when its
 * records are durable in the log: a crash in between publishes it again, and facts hold each event once. Stops at the
 * first weather and goes on at its next run. One object is held in memory at a time.
 */
export function createReplaySpoolJob(deps: ReplaySpoolDeps): Job {
  const { archive, logger, now } = deps
  const metrics = createSpoolMetrics(deps.registry)
  /** What could not be replayed when it was tried last. */
  const stuck = new Set<string>()

  async function run(job: RunningJob): Promise<JobData> {
    try {
      return await replayAll(job)
    } catch (error) {
      if (!isWeather(error)) throw error
      return { stopped: (error as Error).message }
    }
  }

  async function replayAll(job: RunningJob): Promise<JobData> {
    const keys = stuckLast(await firstKeys(archive))
    showWaiting(keys)
    const done: Done = { replayed: 0, records: 0, setAside: 0, stuck: [] }
    let tellAt = performance.now() + TELL_EVERY_MS
    for (const [place, key] of keys.entries()) {
      if (job.signal.aborted) return shown(done, keys.length - place)
      const stopped = await replay(key, done)
      if (stopped !== undefined) return { ...shown(done, keys.length - place), stopped }
      if (performance.now() < tellAt) continue
      tellAt = performance.now() + TELL_EVERY_MS
      showWaiting(keys.slice(place + 1))
      await job.progress(shown(done, keys.length - place - 1))
    }
    showWaiting(done.stuck)
    return shown(done, done.stuck.length)
  }

  /** Else as many as make a run stop would hold up all that was spooled after them. */
  function stuckLast(keys: readonly string[]): readonly string[] {
    const still = keys.filter((key) => stuck.has(key))
    stuck.clear()
    for (const key of still) stuck.add(key)
    return [...keys.filter((key) => !stuck.has(key)), ...still]
  }

  /** Returns why to stop, where there is a reason. */
  async function replay(key: string, done: Done): Promise<string | undefined> {
    try {
      await publishAndDelete(key, done)
    } catch (error) {
      const { code, message } = error as Fault
      if (code === 'log_unavailable') return message
      done.stuck.push(key)
      if (!stuck.has(key) && stuck.size < MOST_TOLD)
        logger.error({ object: key, reason: message }, 'an object of the spool cannot be replayed')
      stuck.add(key)
      if (done.stuck.length >= MOST_FAILURES) return message
    }
    return undefined
  }

  async function publishAndDelete(key: string, done: Done): Promise<void> {
    const spooled = await readSpooled(archive, key)
    if (spooled.kind === 'gone') return
    if (spooled.kind === 'broken') {
      const aside = await setSpooledAside(archive, key)
      logger.error(
        { object: key, aside, reason: spooled.detail },
        'an object of the spool is broken: moved aside',
      )
      metrics.setAside.inc()
      done.setAside += 1
      return
    }
    for (const batch of cutBatches(spooled.batches)) {
      await deps.log.publish([batch])
      metrics.replayed.inc(batch.records.length)
      done.records += batch.records.length
    }
    await archive.delete(key)
    done.replayed += 1
  }

  function showWaiting(keys: readonly string[]): void {
    const [first] = [...keys].sort()
    const oldest = first && spooledAt(first)
    metrics.objects.set(keys.length)
    metrics.oldestAge.set(oldest ? Math.max(0, (now().getTime() - oldest.getTime()) / 1000) : 0)
  }

  return { name: 'replay_spool', schedule: { everySeconds: EVERY_SECONDS }, run }
}

function shown({ stuck, ...counts }: Done, left: number): JobData {
  return { ...counts, failed: stuck.length, left }
}

async function firstKeys(archive: Pick<Archive, 'list'>): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const key of listSpool(archive)) if (keys.push(key) === MOST_OBJECTS) break
  return keys
}
