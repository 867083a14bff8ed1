import type { Logger } from '@millrace/runtime/logger'
import { Counter, Histogram, type Registry } from 'prom-client'

/** Measures refreshes, and logs a change for the worse or the better once, not every second. */
export function watchRefreshes(registry: Registry, logger: Logger) {
  const seconds = new Histogram({
    name: 'millrace_exporter_refresh_duration_seconds',
    help: 'Time to read and compute all KPIs.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  const failures = new Counter({
    name: 'millrace_exporter_refresh_failures_total',
    help: 'Refreshes that computed no KPI, or not all of them.',
    registers: [registry],
  })
  let lastProblem = ''

  function note(problem: string): void {
    if (problem !== '') failures.inc()
    if (problem === lastProblem) return
    if (problem === '') logger.info('all KPIs are computed again')
    else logger.warn({ problem }, 'KPIs cannot be computed')
    lastProblem = problem
  }

  return {
    /** Returns what to call when the refresh has ended. */
    begin: () => seconds.startTimer(),
    /** Totals were read; these KPIs could not be computed from them. */
    computed: (problems: readonly string[]) => note(problems.join('; ')),
    /** Only the message: pg hangs its settings on an error. */
    failed: (error: unknown) => note(error instanceof Error ? error.message || error.name : 'unknown'),
  }
}
