import { setTimeout as sleep } from 'node:timers/promises'
import { createEraser, type Eraser, type EraserDeps } from '@millrace/jobs/create-eraser'
import type { Pipeline } from './open-pipeline.ts'

/** As the job erases: with the rights of its role. */
export function openEraser({ archive, jobs }: Pipeline, given: Partial<EraserDeps> = {}): Eraser {
  return createEraser({
    ...{ pool: jobs.pool, log: jobs.log, archive, sleep, waitSeconds: 20 },
    now: () => new Date(),
    progress: () => undefined,
    ...given,
  })
}
