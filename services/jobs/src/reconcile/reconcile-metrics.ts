import { Gauge, type Registry } from 'prom-client'
import { z } from 'zod'

/** The result of the job, as it is kept: gauges show the last one, whichever process had it. */
const Result = z.object({
  /** Nothing is missing or double; what is on its way may be. */
  balanced: z.boolean(),
  findings: z.number(),
  /** Records that a store should account for and does not. */
  missing: z.object({ archive: z.number(), ledger: z.number() }),
  waiting: z.number(),
  /** Everything was looked at from the beginning. */
  full: z.boolean(),
  spooledBatches: z.number(),
  /** ISO 8601 UTC. */
  endedAt: z.iso.datetime(),
})
export type ReconcileResult = z.output<typeof Result>

/** What the last reconciliation found; absent until the first has ended. */
export function createReconcileMetrics(registry: Registry): { show(result: unknown): void } {
  const registers = [registry]
  const missing = new Gauge({
    name: 'millrace_reconcile_missing_records',
    help: 'Records of the log that a store should account for and does not. Those on their way are not missing.',
    labelNames: ['store'] as const,
    registers,
  })
  const balanced = new Gauge({
    name: 'millrace_reconcile_balanced',
    help: '1 when no record is missing or double in any store, else 0.',
    registers,
  })
  const lastRun = new Gauge({
    name: 'millrace_reconcile_last_run_timestamp_seconds',
    help: 'When the last reconciliation ended.',
    registers,
  })
  balanced.remove()
  lastRun.remove()
  return {
    show(given) {
      const { data: result } = Result.safeParse(given)
      if (!result) return
      missing.set({ store: 'archive' }, result.missing.archive)
      missing.set({ store: 'ledger' }, result.missing.ledger)
      balanced.set(result.balanced ? 1 : 0)
      lastRun.set(Date.parse(result.endedAt) / 1_000)
    },
  }
}
