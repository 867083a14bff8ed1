import { createBullmqQueue } from './bullmq.ts'
import { createInProcessQueue } from './in-process.ts'
import type { JobQueue } from './job-queue.ts'

/** What is configured of the queue: `queueFields` of the runtime. */
export interface JobQueueConfig {
  readonly REDIS_URL?: string | undefined
  readonly REDIS_PREFIX: string
}

export interface JobQueueDeps {
  readonly now: () => Date
  /** Told what was survived. */
  readonly onError?: (message: string, error: unknown) => void
}

/** The queue that is configured: BullMQ on Redis, else one in this process. */
export function openJobQueue(
  { REDIS_URL: url, REDIS_PREFIX: prefix }: JobQueueConfig,
  { now, onError = () => {} }: JobQueueDeps,
): JobQueue {
  return url ? createBullmqQueue({ url, prefix, onError }) : createInProcessQueue({ now })
}
