import type { DeepRead } from '@millrace/jobs/read-deep-findings'
import type { PartitionAccount } from '@millrace/warehouse/reconcile'
import { describeFinding, type Finding } from '@millrace/warehouse/reconcile-findings'
import { printTable } from '../print-table.ts'

/** What `reconcile --json` prints. */
export interface Reconciled {
  /** Nothing is missing, double or still on its way. */
  readonly balanced: boolean
  readonly partitions: readonly PartitionAccount[]
  readonly findings: readonly Finding[]
  /** Batches that wait in the archive until the log takes them; they are in no partition yet. */
  readonly spooledBatches: number
  readonly deep?: DeepRead
}

const HEAD = [
  'topic',
  'partition',
  'log',
  'archived',
  'loaded',
  'ignored',
  'duplicate',
  'quarantined',
  'erased',
]

/** The accounts as a table, then what is wrong, a line each. */
export function reportReconciled(reconciled: Reconciled, out: (line: string) => void): void {
  const { balanced, partitions, findings, spooledBatches, deep } = reconciled
  printTable([HEAD, ...partitions.map(row)], out)
  for (const finding of findings) out(describeFinding(finding))
  for (const account of partitions) for (const line of waitingIn(account)) out(line)
  if (spooledBatches > 0) out(`${spooledBatches} batches wait in the spool until the log takes them`)
  if (deep) out(describeDeep(deep))
  out(balanced ? 'balanced: every event is accounted for' : 'NOT balanced')
}

function row({
  topic,
  partition,
  firstOffset,
  nextOffset,
  archived,
  outcomes,
}: PartitionAccount): (string | number)[] {
  const { loaded, ignored, duplicate, quarantined, erased } = outcomes
  return [
    topic,
    partition,
    nextOffset - firstOffset,
    archived.records,
    loaded,
    ignored,
    duplicate,
    quarantined,
    erased,
  ]
}

function waitingIn({ topic, partition, archived, accounted }: PartitionAccount): string[] {
  const stores: [string, number][] = [
    ['the archive', archived.waiting],
    ['the ledger', accounted.waiting],
  ]
  return stores.flatMap(([store, waiting]) =>
    waiting > 0 ? [`${topic}/${partition}: ${waiting} records have not come to ${store} yet`] : [],
  )
}

function describeDeep({ objects, records, counts, countsAgree }: DeepRead): string {
  const { loaded, eventSeen, factEvent } = counts
  const said = `${objects} objects with ${records} events read; ${loaded} loaded, ${eventSeen} ids in event_seen, ${factEvent} rows in fact_event`
  return countsAgree ? said : `${said}: MORE than were loaded`
}
