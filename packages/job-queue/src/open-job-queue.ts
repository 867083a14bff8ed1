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

/**
 * The queue that is configured: BullMQ on Redis, else one in this process. An adapter is loaded when it is wanted: BullMQ
 * takes 0.4 s.
 */
export async function openJobQueue(
  { REDIS_URL: url, REDIS_PREFIX: prefix }: JobQueueConfig,
  { now, onError = () => {} }: JobQueueDeps,
): Promise<JobQueue> {
  if (!url) {
    const { createInProcessQueue } = await import('./in-process.ts')
    return createInProcessQueue({ now })
  }
  const { createBullmqQueue } = await import('./bullmq.ts')
  return createBullmqQueue({ url, prefix, onError })
}
