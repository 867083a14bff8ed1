import type { FoundKind } from '@millrace/contracts/finding'
import type { CanaryStore } from './canary-rounds.ts'

/** Something of the canary's false personal data stands where nothing of it may be. Never what. */
export interface Leak {
  readonly store: CanaryStore
  /** As `warehouse.fact_event.properties`, an object's key and its line, a partition and its offset, a file and its line. */
  readonly place: string
  readonly kind: FoundKind
}
