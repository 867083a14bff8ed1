import type { Coverage, OffsetRange, PartitionAccount } from './reconcile.ts'

/** The stores in which a record can be looked for. */
export type FindingStore = 'archive' | 'ledger' | 'facts' | 'event_seen' | 'quarantine'

/** One thing that is wrong, and where. */
export interface Finding extends OffsetRange {
  readonly store: FindingStore
  /**
   * `missing` there, `doubled` there, `unsummed`: the ledger's outcomes are not as many as its offsets, `unlike`: an
   * archived object is not what its metadata say.
   */
  readonly problem: 'missing' | 'doubled' | 'unsummed' | 'unlike'
  readonly topic: string
  readonly partition: number
  /** The archived object that holds the record, or should. */
  readonly object?: string
  readonly eventId?: string
  readonly detail?: string
}

/** What is wrong with a partition's account; empty while its records are only on their way. */
export function findingsOf(account: PartitionAccount): Finding[] {
  const { topic, partition, archived, accounted, unsummed } = account
  return [
    ...findingsIn('archive', archived),
    ...findingsIn('ledger', accounted),
    ...unsummed.map((range) => ({ store: 'ledger' as const, problem: 'unsummed' as const, ...range })),
  ].map((finding) => ({ ...finding, topic, partition }))
}

function findingsIn(store: 'archive' | 'ledger', { missing, doubled }: Coverage) {
  return [
    ...missing.map((range) => ({ store, problem: 'missing' as const, ...range })),
    ...doubled.map((range) => ({ store, problem: 'doubled' as const, ...range })),
  ]
}

/** A finding as a sentence for people: `events.v1/3 offset 17: missing in the ledger`. */
export function describeFinding(finding: Finding): string {
  const { topic, partition, from, to, object, eventId, detail } = finding
  const offsets = from === to ? `offset ${from}` : `offsets ${from} to ${to}`
  const said = [PROBLEMS[finding.problem](STORES[finding.store]), detail].filter(Boolean).join(': ')
  const more = [eventId && `event ${eventId}`, object && `object ${object}`].filter(Boolean).join(', ')
  return `${topic}/${partition} ${offsets}: ${said}${more ? ` (${more})` : ''}`
}

const STORES: Readonly<Record<FindingStore, string>> = {
  archive: 'the archive',
  ledger: 'the ledger',
  facts: 'fact_event',
  event_seen: 'event_seen',
  quarantine: 'the quarantine',
}

const PROBLEMS: Readonly<Record<Finding['problem'], (store: string) => string>> = {
  missing: (store) => `missing in ${store}`,
  doubled: (store) => `twice in ${store}`,
  unsummed: (store) => `outcomes in ${store} are not as many as the records`,
  unlike: (store) => `an object of ${store} is not what its metadata say`,
}
