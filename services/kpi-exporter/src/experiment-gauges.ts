import type { Experiment } from '@millrace/experiments/define-experiment'
import type { ExperimentReport } from '@millrace/experiments/judge-experiment'
import { listExperiments } from '@millrace/experiments/list-experiments'
import { readExperiment } from '@millrace/experiments/read-experiment'
import type { Logger } from '@millrace/runtime/logger'
import { repeat } from '@millrace/runtime/repeat'
import { inTransaction } from '@millrace/warehouse/database'
import type { Pool } from 'pg'
import { renderExperiments } from './render-experiments.ts'

export interface ExperimentGaugesDeps {
  readonly pool: Pool
  readonly experiments: readonly Experiment[]
  readonly now: () => Date
  readonly refreshSeconds: number
  readonly logger: Logger
}

export interface ExperimentGauges {
  /** What is known of the experiments that run, in Prometheus's text format; nothing once it is older than three refreshes. */
  render(): string
  /** Resolves when a look that began after this call has ended, well or not; the first call begins the series. */
  refreshed(): Promise<void>
  /** Waits for the statement under way. */
  close(): Promise<void>
}

/** An experiment runs while it is shown to somebody in so many days; those with most persons are looked at. */
const RUNNING_DAYS = 30
const MOST_EXPERIMENTS = 20

/** Looks at the running experiments on a timer of their own: a look reads facts, not totals, so it may take seconds. */
export function createExperimentGauges(deps: ExperimentGaugesDeps): ExperimentGauges {
  const { pool, experiments, now, refreshSeconds, logger } = deps
  let text = ''
  let lookedAt = Number.NEGATIVE_INFINITY
  let closed = false

  async function look(): Promise<void> {
    const at = now()
    const running = await listExperiments(pool, { now: at, days: RUNNING_DAYS, most: MOST_EXPERIMENTS })
    const reports: ExperimentReport[] = []
    for (const { id } of running) {
      if (closed) return
      reports.push(await inTransaction(pool, (tx) => readExperiment(tx, { id, experiments, now: at })))
    }
    text = renderExperiments(reports)
    lookedAt = at.getTime()
  }

  const looks = repeat(look, {
    seconds: refreshSeconds,
    // Only the message: pg hangs its settings on an error.
    onError: (error) =>
      logger.warn(
        { problem: error instanceof Error ? error.message : 'unknown' },
        'the experiments could not be looked at',
      ),
  })
  return {
    render: () => (now().getTime() - lookedAt <= 3 * refreshSeconds * 1000 ? text : ''),
    refreshed: looks.next,
    close() {
      closed = true
      return looks.close()
    },
  }
}
