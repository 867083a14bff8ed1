import { JOB_STATES, type JobQueue } from '@millrace/job-queue/job-queue'
import type { Pool } from 'pg'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Job } from './job.ts'
import { readSuccesses } from './job-successes.ts'

export interface JobsMetricsDeps {
  readonly registry: Registry
  readonly jobs: readonly Job[]
  readonly queue: Pick<JobQueue, 'counts' | 'list'>
  readonly pool: Pool
}

export type Outcome = 'done' | 'failed' | 'dead'

/** The jobs' own metrics. What is not this process's alone is asked for at each scrape, and absent when nobody answers. */
export function createJobsMetrics({ registry, jobs, queue, pool }: JobsMetricsDeps) {
  const registers = [registry]
  const byName = new Map(jobs.map((job) => [job.name, job]))
  const nameOf = (name: string): string => (byName.has(name) ? name : 'other')
  const runs = new Counter({
    name: 'millrace_jobs_runs_total',
    help: 'Tries of jobs by what came of them: failed ones come again, dead ones do not.',
    labelNames: ['job', 'outcome'] as const,
    registers,
  })
  const seconds = new Histogram({
    name: 'millrace_jobs_duration_seconds',
    help: 'Time that a try of a job took.',
    labelNames: ['job'] as const,
    buckets: [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200],
    registers,
  })
  new Gauge({
    name: 'millrace_jobs_last_success_timestamp_seconds',
    help: 'When the job last succeeded, in whichever process.',
    labelNames: ['job'] as const,
    registers,
    async collect() {
      const successes = await readSuccesses(pool).catch(() => undefined)
      if (!successes) return
      for (const { job, at, result } of successes) {
        if (!byName.has(job)) continue
        this.set({ job }, at.getTime() / 1_000)
        byName.get(job)?.showResult?.(result)
      }
    },
  })
  new Gauge({
    name: 'millrace_jobs_queue_jobs',
    help: 'Jobs in the queue by state.',
    labelNames: ['state'] as const,
    registers,
    async collect() {
      this.reset()
      const counts = await queue.counts().catch(() => undefined)
      if (counts) for (const state of JOB_STATES) this.set({ state }, counts[state])
    },
  })
  new Gauge({
    name: 'millrace_jobs_dead_jobs',
    help: 'Jobs that failed for good and wait for their schedule or for somebody.',
    labelNames: ['job'] as const,
    registers,
    async collect() {
      this.reset()
      const dead = await queue.list(['dead'], MOST_DEAD).catch(() => undefined)
      if (!dead) return
      for (const name of byName.keys()) this.set({ job: name }, 0)
      for (const { name } of dead) this.inc({ job: nameOf(name) })
    },
  })
  return {
    observe(job: string, outcome: Outcome): void {
      runs.inc({ job: nameOf(job), outcome })
    },
    seconds,
  }
}

const MOST_DEAD = 1_000
