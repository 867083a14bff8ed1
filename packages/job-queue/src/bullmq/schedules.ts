import { isDeepStrictEqual } from 'node:util'
import { type JobSchedulerJson, Queue, type RepeatOptions } from 'bullmq'
import { checkSchedule } from '../job-limits.ts'
import type { EnqueueOptions, JobData, Schedule, ScheduleOptions } from '../job-queue.ts'
import type { RedisConnections } from './redis-connection.ts'
import { type StartedWorker, startWorker } from './start-worker.ts'

export interface SchedulesDeps {
  readonly redis: RedisConnections
  readonly prefix: string
  readonly holdSeconds: number
  readonly enqueue: (name: string, data: JobData, options: EnqueueOptions) => Promise<string>
}

export interface Schedules {
  schedule(name: string, schedule: Schedule, options?: ScheduleOptions): Promise<void>
  keep(names: readonly string[]): Promise<void>
  /** Makes the jobs of schedules whose time has come. */
  work(): StartedWorker
}

/** Enough for an outage in the middle of one: the next tick of a weekly schedule comes in a week. */
const TICK_ATTEMPTS = 20
const TICK = 'tick'

interface Tick {
  readonly name: string
  readonly repeat: RepeatOptions
  readonly data: { readonly data: JobData; readonly attempts?: number }
}

/**
 * BullMQ's schedulers make a job although the one before may still run. So they make ticks, in a queue of their own, and
 * a tick enqueues the job under the schedule's name as its id, which has no effect while that one waits or runs.
 */
export function createSchedules({ redis, prefix, holdSeconds, enqueue }: SchedulesDeps): Schedules {
  const ticks = new Queue('ticks', {
    connection: redis.forCalls,
    prefix,
    streams: { events: { maxLen: 100 } },
  })
  ticks.on('error', redis.report)
  const wanted = new Map<string, Tick>()
  // A Redis that lost its memory has lost the schedules too.
  redis.onReady(() => {
    for (const tick of wanted.values()) upsert(tick).catch(redis.report)
  })

  async function upsert(tick: Tick): Promise<void> {
    const known = await ticks.getJobScheduler(tick.name)
    if (known && isSame(known, tick) && (await ticks.getJob(`repeat:${tick.name}:${known.next}`))) return
    await ticks.upsertJobScheduler(tick.name, tick.repeat, {
      name: TICK,
      data: { name: tick.name, ...tick.data },
      opts: {
        attempts: TICK_ATTEMPTS,
        backoff: { type: 'doubling' },
        removeOnComplete: true,
        removeOnFail: true,
      },
    })
  }

  return {
    async schedule(name, schedule, { data = {}, attempts } = {}) {
      checkSchedule(name, schedule)
      const repeat =
        'everySeconds' in schedule
          ? { every: schedule.everySeconds * 1_000 }
          : { pattern: schedule.cron, tz: schedule.timeZone }
      const tick = { name, repeat, data: { data, ...(attempts === undefined ? {} : { attempts }) } }
      wanted.set(name, tick)
      await redis.call(() => upsert(tick))
    },
    async keep(names) {
      for (const name of wanted.keys()) if (!names.includes(name)) wanted.delete(name)
      await redis.call(async () => {
        const known = await ticks.getJobSchedulers()
        const ended = known.filter(({ key }) => !names.includes(key))
        await Promise.all(ended.map(({ key }) => ticks.removeJobScheduler(key)))
      })
    },
    work: () =>
      startWorker({
        queue: 'ticks',
        prefix,
        connection: redis.forWorker(),
        holdSeconds,
        onError: redis.report,
        runners: {
          async [TICK]({ data: tick }) {
            const { name, data, attempts } = tick as Tick['data'] & { readonly name: string }
            await enqueue(name, data, { id: name, ...(attempts === undefined ? {} : { attempts }) })
            return {}
          },
        },
      }),
  }
}

function isSame({ every, pattern, tz, template }: JobSchedulerJson, tick: Tick): boolean {
  const { repeat, name, data } = tick
  return (
    every === repeat.every &&
    pattern === repeat.pattern &&
    tz === repeat.tz &&
    isDeepStrictEqual(template?.data, { name, ...data })
  )
}
