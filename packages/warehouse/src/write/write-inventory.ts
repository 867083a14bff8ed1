import type { Finding } from '@millrace/contracts/finding'
import type { PoolClient } from 'pg'
import { boundNames } from './bound-names.ts'

/** What one stored event carried. */
export interface Inventoried {
  /** yyyy-mm-dd */
  readonly businessDate: string
  readonly source: string
  readonly event: string
  readonly findings: readonly Finding[]
}

/** Counts what the events of a batch carried, each event once a field, kind and treatment. */
export async function writeInventory(
  tx: PoolClient,
  partition: number,
  events: readonly Inventoried[],
): Promise<void> {
  if (events.length === 0) return
  const counts = new Map<string, number>()
  for (const { businessDate, source, event, findings } of await boundNames(tx, events)) {
    const rows = findings.map(({ field, kind, treatment }) =>
      JSON.stringify([businessDate, source, event, field, kind, treatment]),
    )
    // Several fields of one event may have become `(other)`.
    for (const row of new Set(rows)) counts.set(row, (counts.get(row) ?? 0) + 1)
  }
  const rows = [...counts].map(([row, count]) => [...(JSON.parse(row) as string[]), count])
  // Sorted: events and quarantine of one partition share a shard, and never wait for each other in a circle.
  await tx.query(
    `insert into pipeline.pii_inventory
       (business_date, source, event, field, kind, treatment, shard, events)
     select (row ->> 0)::date, row ->> 1, row ->> 2, row ->> 3, row ->> 4, row ->> 5, $2, (row ->> 6)::bigint
     from jsonb_array_elements($1::jsonb) as row
     order by 1, 2, 3, 4, 5, 6
     on conflict (business_date, source, event, field, kind, treatment, shard)
     do update set events = pii_inventory.events + excluded.events`,
    [JSON.stringify(rows), partition],
  )
}
