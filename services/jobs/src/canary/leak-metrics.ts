import { Gauge, type Registry } from 'prom-client'
import { CANARY_STORES, type CanaryStore } from './canary-rounds.ts'

/** What the last look into a store told. */
export interface StoreChecked {
  readonly leaks: number
  /** ISO 8601 UTC. */
  readonly checkedAt: string
}

export type StoresChecked = Readonly<Partial<Record<CanaryStore, StoreChecked>>>

/** Gauges of what was found, by store: absent for one that was never looked at. */
export function createLeakMetrics(registry: Registry) {
  const shared = { labelNames: ['store'] as const, registers: [registry] }
  const leaks = new Gauge({
    name: 'pii_canary_leaks',
    help: 'Places in which false personal data of the canary was found, by the last look into the store. 0 is what it must be.',
    ...shared,
  })
  const checked = new Gauge({
    name: 'pii_canary_checked_timestamp_seconds',
    help: 'When the store was last looked into for traces of the canary.',
    ...shared,
  })
  return {
    show(stores: StoresChecked): void {
      for (const store of CANARY_STORES) {
        const known = stores[store]
        if (!known) continue
        leaks.set({ store }, known.leaks)
        checked.set({ store }, Date.parse(known.checkedAt) / 1_000)
      }
    },
  }
}
