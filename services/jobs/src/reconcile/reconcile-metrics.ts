import type { Finding } from '@millrace/warehouse/reconcile-findings'
import { Gauge, type Registry } from 'prom-client'

const STORES = ['archive', 'ledger'] as const

/** What the last reconciliation found; absent until the first has ended. */
export function createReconcileMetrics(registry: Registry) {
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
    show(findings: readonly Finding[], at: Date): void {
      for (const store of STORES) missing.set({ store }, missingIn(store, findings))
      balanced.set(findings.length === 0 ? 1 : 0)
      lastRun.set(at.getTime() / 1_000)
    },
  }
}

function missingIn(store: (typeof STORES)[number], findings: readonly Finding[]): number {
  return findings
    .filter((finding) => finding.store === store && finding.problem === 'missing')
    .reduce((sum, { from, to }) => sum + to - from + 1, 0)
}
