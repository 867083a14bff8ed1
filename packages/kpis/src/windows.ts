import { isDerived, type Kpi, type StoredKpi, storedKpis } from './kpi.ts'

/** The span of time that a sample speaks of, the gauge's label `window`. */
export type Window = 'today' | 'yesterday' | 'last_24h' | 'last_7d'

/** The windows that a KPI can be shown in: people of several days cannot be added up, whole days have no hours. */
export function windowsOf(kpi: Kpi): readonly Window[] {
  if (!isDerived(kpi) && kpi.measure.kind === 'distinct_people') return ['today', 'yesterday']
  if (!storedKpis(kpi).every(hasHours)) return ['today', 'yesterday', 'last_7d']
  return ['today', 'yesterday', 'last_24h', 'last_7d']
}

/** Whether its totals are known by the hour. */
export function hasHours(kpi: StoredKpi): boolean {
  return kpi.at !== undefined
}
