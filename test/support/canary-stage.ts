import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { CANARY_KEY, PUBLIC_KEY, startIngest } from '@millrace/ingest-api/ingest-fixture'
import type { JobData, RunningJob } from '@millrace/job-queue/job-queue'
import { createFalsePeople, type FalsePeople } from '@millrace/jobs/canary/false-people'
import { createFindLeaksJob, type LeaksFound } from '@millrace/jobs/find-leaks-job'
import type { Job } from '@millrace/jobs/job'
import { keepSuccess } from '@millrace/jobs/job-successes'
import { createMeasureDelayJob } from '@millrace/jobs/measure-delay-job'
import type { Logger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import type { Scrubber } from '@millrace/scrub/create-scrubber'
import { onTestFinished } from 'vitest'
import { openPipeline, type Pipeline, type PipelineOptions } from './open-pipeline.ts'

export interface CanaryStage extends Pipeline {
  /** Of the API that the canary goes through. */
  readonly apiUrl: string
  readonly people: FalsePeople
  readonly registry: ReturnType<typeof createServiceMetrics>
  /** What the jobs wrote into their log, as objects. */
  readonly lines: readonly Readonly<Record<string, unknown>>[]
  /** A file in which the canary is looked for. */
  readonly file: string
  /** Sends so many rounds, and waits until all is archived and loaded. */
  send(rounds: number): Promise<void>
  /** Looks for leaks, and keeps the result as the service does. */
  find(): Promise<LeaksFound>
}

const now = (): Date => new Date()

/** The canary's jobs on a pipeline of their own; a scrubber may be given that does not do its work. */
export async function openCanaryStage(
  options: PipelineOptions & { readonly scrubber?: Scrubber } = {},
): Promise<CanaryStage> {
  const pipeline = await openPipeline(options)
  const { log, archive, jobs } = pipeline
  const api = await startIngest({
    ...{ log, archive, now, keys: [PUBLIC_KEY, CANARY_KEY] },
    ...(options.scrubber && { scrubber: options.scrubber }),
  })
  onTestFinished(() => api.close())
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-canary-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'service.log')
  const lines: Record<string, unknown>[] = []
  const registry = createServiceMetrics()
  const people = createFalsePeople(CANARY_KEY.key)
  const shared = { ...jobs, archive, people, source: CANARY_KEY.source, registry, now }
  const measure = createMeasureDelayJob({
    ...shared,
    ...{ ingestUrl: api.url, writeKey: CANARY_KEY.key, everySeconds: 60 },
  })
  const search = createFindLeaksJob({
    ...shared,
    files: [path.join(folder, '*.log')],
    logger: listeningLogger(lines),
  })
  const run = async (job: Job): Promise<JobData> => {
    const result = await job.run(asked(job.name))
    await keepSuccess(jobs.pool, { job: job.name, at: now(), result })
    return result
  }
  return {
    ...pipeline,
    ...{ apiUrl: api.url, people, registry, lines, file },
    async send(rounds) {
      for (let round = 0; round < rounds; round++) await run(measure)
      await pipeline.settled()
    },
    find: async () => (await run(search)) as unknown as LeaksFound,
  }
}

/** A job as its runner gets it. */
function asked(name: string): RunningJob {
  return {
    ...{ id: '1', name, data: {}, attempt: 1 },
    progress: async () => {},
    signal: new AbortController().signal,
  }
}

function listeningLogger(lines: Record<string, unknown>[]): Logger {
  const listen = (level: string) => (what: object, msg: string) => lines.push({ level, ...what, msg })
  return { error: listen('error'), warn: listen('warn'), debug: () => {} } as unknown as Logger
}
