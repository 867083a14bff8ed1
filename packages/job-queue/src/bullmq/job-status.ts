import type { Job, JobType } from 'bullmq'
import type { JobData, JobState, JobStatus } from '../job-queue.ts'

/** BullMQ's names of our states. */
export const BULLMQ_STATES = {
  waiting: ['waiting', 'prioritized'],
  delayed: ['delayed'],
  active: ['active'],
  done: ['completed'],
  dead: ['failed'],
} as const satisfies Record<JobState, readonly JobType[]>

export function stateOf(bullmqState: string): JobState | undefined {
  if (bullmqState === 'wait') return 'waiting'
  for (const [state, names] of Object.entries(BULLMQ_STATES) as [JobState, readonly string[]][])
    if (names.includes(bullmqState)) return state
  return undefined
}

export function jobStatus(job: Job, state: JobState): JobStatus {
  const { id = '', name, data, attemptsStarted, timestamp, processedOn, finishedOn } = job
  return {
    ...{ id, name, state, attempt: attemptsStarted },
    data: asJobData(data) ?? {},
    enqueuedAt: new Date(timestamp),
    ...(processedOn ? { startedAt: new Date(processedOn) } : {}),
    ...(finishedOn ? { endedAt: new Date(finishedOn) } : {}),
    ...optional('progress', asJobData(job.progress)),
    ...optional('result', asJobData(job.returnvalue)),
    ...optional('error', job.failedReason || undefined),
  }
}

function optional<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: T })
}

function asJobData(value: unknown): JobData | undefined {
  return typeof value === 'object' && value !== null ? (value as JobData) : undefined
}
