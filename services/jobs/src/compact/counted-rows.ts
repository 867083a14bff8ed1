import type { ParquetRow } from '@millrace/archive/parquet/parquet-columns'
import type { ArchivedRecord } from '@millrace/archive/read-records'
import type { BusinessDate } from '@millrace/warehouse/to-facts'
import { type LoadedRecord, readUncounted } from '@millrace/warehouse/uncounted-events'
import type { Pool } from 'pg'
import { judgeEvent } from '../judge-event.ts'
import { eventColumns } from './event-columns.ts'

export interface CountedRowsDeps {
  readonly pool: Pool
  readonly businessDate: BusinessDate
}

const ASKED_AT_ONCE = 5_000

/**
 * The rows that count of loaded records of one partition, by business date, in order of offset. Left out are erased
 * records, ignored events, what is in quarantine, and events that count by another record.
 */
export async function countedRows(
  { pool, businessDate }: CountedRowsDeps,
  at: { readonly topic: string; readonly partition: number },
  records: readonly ArchivedRecord[],
): Promise<ReadonlyMap<string, readonly ParquetRow[]>> {
  const days = new Map<string, ParquetRow[]>()
  for (let from = 0; from < records.length; from += ASKED_AT_ONCE) {
    const candidates = candidatesOf(records.slice(from, from + ASKED_AT_ONCE), at.partition, businessDate)
    const uncounted = await readUncounted(
      pool,
      at,
      candidates.map(({ loaded }) => loaded),
    )
    for (const { loaded, row } of candidates) {
      if (uncounted.has(loaded.offset)) continue
      const rows = days.get(loaded.businessDate) ?? []
      days.set(loaded.businessDate, rows)
      rows.push(row)
    }
  }
  return days
}

interface Candidate {
  readonly loaded: LoadedRecord
  readonly row: ParquetRow
}

function candidatesOf(
  records: readonly ArchivedRecord[],
  partition: number,
  businessDate: BusinessDate,
): Candidate[] {
  return records.flatMap((record): Candidate[] => {
    const judged = record.erased ? undefined : judgeEvent(record.event, businessDate)
    if (judged?.kind !== 'fact') return []
    const { offset } = record
    return [
      {
        loaded: { offset, ...judged.row },
        row: eventColumns(judged.event, judged.row, { partition, offset }),
      },
    ]
  })
}
