import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { createTimers } from './in-process/create-timers.ts'
import { createJobStore, isFinished, type StoredJob, statusOf } from './in-process/job-store.ts'
import { type Runner, startRunner } from './in-process/start-runner.ts'
import { checkJobName, checkSchedule, cronOf, DEFAULT_ATTEMPTS } from './job-limits.ts'
import type { EnqueueOptions, JobData, JobQueue, JobState, Schedule, ScheduleOptions } from './job-queue.ts'
import { JOB_STATES } from './job-queue.ts'

export interface InProcessQueueDeps {
  readonly now: () => Date
}

interface Scheduled {
  readonly schedule: Schedule
  readonly options: ScheduleOptions
}

const LISTED = 100

/** The job queue of a process alone: its jobs end with it, and schedules begin anew with the next. */
export function createInProcessQueue({ now }: InProcessQueueDeps): JobQueue {
  const store = createJobStore(now)
  const pauses = createTimers()
  const ticks = createTimers()
  const schedules = new Map<string, Scheduled>()
  const runners = new Set<Runner>()

  function wake(): void {
    for (const runner of runners) runner.wake()
  }

  function enqueue(name: string, data: JobData, options: EnqueueOptions = {}): string {
    const { id = randomUUID(), attempts = DEFAULT_ATTEMPTS } = options
    const known = store.get(id)
    if (known && !isFinished(known)) return id
    const job = { id, name, data: plainJson(data), attempts, enqueuedAt: now() }
    store.add({ ...job, state: 'waiting', begun: 0, failed: 0 })
    wake()
    return id
  }

  function delay(job: StoredJob, ms: number): void {
    job.state = 'delayed'
    pauses.set(job.id, ms, () => {
      job.state = 'waiting'
      wake()
    })
  }

  function tick(name: string): void {
    const scheduled = schedules.get(name)
    if (!scheduled) return
    const { schedule, options } = scheduled
    enqueue(name, options.data ?? {}, { ...options, id: name })
    ticks.set(name, pauseMs(schedule), () => tick(name))
  }

  function pauseMs(schedule: Schedule): number {
    if ('everySeconds' in schedule) return schedule.everySeconds * 1_000
    return Math.max((cronOf(schedule).nextRun(now())?.getTime() ?? 0) - now().getTime(), 0)
  }

  return {
    async enqueue(name, data, options) {
      checkJobName(name)
      if (options?.id !== undefined) checkJobName(options.id)
      return enqueue(name, data, options)
    },
    async schedule(name, schedule, options = {}) {
      checkSchedule(name, schedule)
      const known = schedules.get(name)
      schedules.set(name, { schedule, options })
      if (isDeepStrictEqual(known, { schedule, options })) return
      const isNewPeriod = !known && 'everySeconds' in schedule
      ticks.set(name, isNewPeriod ? 0 : pauseMs(schedule), () => tick(name))
    },
    async keepSchedules(names) {
      for (const name of [...schedules.keys()]) {
        if (names.includes(name)) continue
        schedules.delete(name)
        ticks.clear(name)
      }
    },
    async work(options) {
      const runner = startRunner({ store, now, delay }, options)
      runners.add(runner)
      runner.wake()
      return {
        async close() {
          runners.delete(runner)
          await runner.close()
          wake()
        },
      }
    },
    async get(id) {
      const job = store.get(id)
      return job && statusOf(job)
    },
    async list(states, limit = LISTED) {
      const jobs = states.flatMap((state) => store.inState(state).slice(-limit))
      return jobs.map(statusOf).sort((a, b) => b.enqueuedAt.getTime() - a.enqueuedAt.getTime())
    },
    async counts() {
      const counts = JOB_STATES.map((state) => [state, store.inState(state).length])
      return Object.fromEntries(counts) as Record<JobState, number>
    },
    async retry(id) {
      const job = store.get(id)
      if (job?.state !== 'dead') return false
      job.state = 'waiting'
      job.begun = 0
      job.failed = 0
      delete job.endedAt
      wake()
      return true
    },
    async close() {
      ticks.clearAll()
      pauses.clearAll()
      await Promise.all([...runners].map((runner) => runner.close()))
      runners.clear()
    },
  }
}

/** As it would come back from a queue elsewhere. */
function plainJson(data: JobData): JobData {
  return JSON.parse(JSON.stringify(data)) as JobData
}
