/** What a job gets and gives back: plain JSON. */
export type JobData = Readonly<Record<string, unknown>>

/** A job in the hands of its runner. */
export interface RunningJob {
  readonly id: string
  readonly name: string
  readonly data: JobData
  /** 1 at the first try; a take-over from a runner that died counts as one. */
  readonly attempt: number
  /** Seen by whoever lists the jobs. */
  progress(progress: JobData): Promise<void>
  /** Aborted when the worker closes or the job was lost to another: end at the next safe point; the job comes again. */
  readonly signal: AbortSignal
}

/** Returns what is kept as the job's result. A rejection is a failed try: the job comes again after a pause. */
export type RunJob = (job: RunningJob) => Promise<JobData>

export interface EnqueueOptions {
  /**
   * A job of this id that waits or runs is not enqueued again, one that is done or dead gives way; a new id unless
   * given. 1 to 200 of letters, digits, `.`, `_` and `-`, not digits alone.
   */
  readonly id?: string
  /** Tries before the job is dead; 5 unless given, with pauses that double from 1 s up to 5 min. */
  readonly attempts?: number
}

/** When a schedule makes a job: never while the one before still waits or runs, and one only for all that were missed. */
export type Schedule =
  /** The first at once, when the schedule is new. */
  | { readonly everySeconds: number }
  /** Five fields, in the IANA time zone. */
  | { readonly cron: string; readonly timeZone: string }

export interface ScheduleOptions {
  readonly data?: JobData
  /** As in EnqueueOptions. */
  readonly attempts?: number
}

export type JobState = 'waiting' | 'delayed' | 'active' | 'done' | 'dead'

export const JOB_STATES: readonly JobState[] = ['active', 'waiting', 'delayed', 'dead', 'done']

export interface JobStatus {
  readonly id: string
  readonly name: string
  readonly state: JobState
  readonly data: JobData
  /** How often it was begun. */
  readonly attempt: number
  readonly enqueuedAt: Date
  readonly startedAt?: Date
  readonly endedAt?: Date
  readonly progress?: JobData
  readonly result?: JobData
  /** Why the last try failed, in one line. */
  readonly error?: string
}

export interface WorkOptions {
  /** A runner for each name of a job. */
  readonly runners: Readonly<Record<string, RunJob>>
  /** How many jobs are run at the same time by this worker; 1 unless given. */
  readonly concurrency?: number
  /** A try failed: the job's state, `delayed` or `dead`, says whether another one follows. */
  onFailed?(job: JobStatus, error: unknown): void
}

export interface Worker {
  /** Takes no new job, aborts those under way, resolves when they have ended. */
  close(): Promise<void>
}

/**
 * Work that is done behind the scenes. Adapters: BullMQ on Redis (`./bullmq.ts`), and in process (`./in-process.ts`),
 * which forgets its jobs when the process ends. Both pass `test/adapters`. A job runs at least once: a runner that dies
 * leaves it to another. Weather throws Fault `queue_unavailable` after some 2 s; workers wait for better weather.
 */
export interface JobQueue {
  /** Returns the job's id. */
  enqueue(name: string, data: JobData, options?: EnqueueOptions): Promise<string>
  /**
   * One schedule a name: a second call changes it, the same again changes nothing. Its jobs have the name as their id, so
   * that `enqueue(name, data, { id: name })` joins the one that waits or runs, and only the last one is kept. They are
   * made while somebody works, once however many processes have scheduled them.
   */
  schedule(name: string, schedule: Schedule, options?: ScheduleOptions): Promise<void>
  /** Schedules that are no longer wanted end: all but these names. */
  keepSchedules(names: readonly string[]): Promise<void>
  work(options: WorkOptions): Promise<Worker>
  get(id: string): Promise<JobStatus | undefined>
  /** The newest first, at most 100 of each state unless limited. Of jobs done and dead, 1,000 each are kept for 30 days. */
  list(states: readonly JobState[], limit?: number): Promise<readonly JobStatus[]>
  /** How many jobs there are in each state. */
  counts(): Promise<Readonly<Record<JobState, number>>>
  /** Gives a dead job its tries again; false when there is no dead job of this id. */
  retry(id: string): Promise<boolean>
  /** Closes its workers too. */
  close(): Promise<void>
}
