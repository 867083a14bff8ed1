import type { Found, Receipt } from '@millrace/jobs/create-eraser'
import { printTable } from '../print-table.ts'

/** What there is of persons, a line a store. */
export function reportFound({ pseudonyms, warehouse, archive }: Found, out: (line: string) => void): void {
  const { facts, persons, redactedEvents, quarantine } = warehouse
  const rows = [
    ...Object.entries(facts)
      .filter(([, erased]) => erased > 0)
      .map(([table, erased]) => [table, erased, table === 'fact_event' ? redactedEvents : 0]),
    ['dim_person', persons, 0],
    ['quarantine', quarantine.erased, quarantine.redacted],
    ...Object.entries(archive).map(([store, { erased, redacted }]) => [
      STORES[store] ?? store,
      erased,
      redacted,
    ]),
  ]
  printTable([['store', 'erased', 'of others, without the person'], ...rows], out)
  const objects = Object.values(archive).reduce((sum, store) => sum + store.objects, 0)
  out(`${pseudonyms} pseudonyms, ${objects} objects, ${warehouse.restatements} totals of closed days`)
}

const STORES: Readonly<Record<string, string>> = {
  spool: 'spool',
  raw: 'raw archive',
  parquet: 'Parquet',
}

export function reportReceipt(receipt: Receipt, out: (line: string) => void): void {
  out(`Erasure ${receipt.erasureId}: what was received before ${receipt.erasedAt}`)
  reportFound(receipt, out)
  const { keptUntil } = receipt.log
  out(
    keptUntil
      ? `The log loses it by ${keptUntil}`
      : 'The log keeps what it holds for ever: set its retention',
  )
  for (const { topic, partition, records } of receipt.pending)
    out(
      `${topic}/${partition}: ${records} records are still to be archived; the jobs, or another run, end it then`,
    )
  for (const { topic, partition, records } of receipt.notLoaded)
    out(
      `${topic}/${partition}: ${records} records were not loaded: people linked by them alone are not known yet; run it again when they are`,
    )
  if (receipt.unreadableObjects > 0)
    out(`${receipt.unreadableObjects} objects below spool-broken/ cannot be read: look into them yourself`)
  out(receipt.hash)
}
