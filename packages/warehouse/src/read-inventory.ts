import type { Queryable } from '@millrace/kpis/queryable'
import { readTimeZone } from './read-time-zone.ts'

/** That a field of a source's event carried a kind of personal data, and what was done with it. */
export interface InventoryRow {
  readonly source: string
  readonly event: string
  readonly field: string
  readonly kind: string
  readonly treatment: string
  readonly events: number
  /** yyyy-mm-dd: the last day on which it came. */
  readonly lastDate: string
}

/** What was found on the last so many business days, today included; what came most often first. */
export async function readInventory(db: Queryable, days: number): Promise<InventoryRow[]> {
  const timeZone = await readTimeZone(db)
  const { rows } = await db.query<InventoryRow>(
    `select source, event, field, kind, treatment, sum(events)::double precision as events,
       max(business_date)::text as "lastDate"
     from pipeline.pii_inventory
     where business_date > (now() at time zone $1)::date - $2::int
     group by source, event, field, kind, treatment
     order by events desc, source, event, field, kind, treatment`,
    [timeZone, days],
  )
  return rows
}
