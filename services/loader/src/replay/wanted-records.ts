import type { Archive } from '@millrace/archive/archive'
import type { ArchivedObject } from '@millrace/archive/choose-objects'
import { type ArchivedRecord, readRecords } from '@millrace/archive/read-records'
import type { LogRecord } from '@millrace/event-log/event-log'
import type { DayRange } from '@millrace/kpis/read-totals'

/** Why records of an object are not replayed. */
export interface Skipped {
  /** Their person was erased. */
  erased: number
  /** Of days that are not needed, or of no day at all. */
  otherDays: number
  /** Refused when they came, because of what was loaded before them. */
  refused: number
}

export interface WantedDeps {
  readonly archive: Archive
  readonly businessDate: (epochMs: number) => string
  readonly days: DayRange
  /** `<partition>/<offset>` */
  readonly refused: ReadonlySet<string>
  readonly skipped: Skipped
}

/** The records of an object that are replayed, of offsets from `from` up to, not including, `until`. */
export async function* wantedRecords(
  { archive, businessDate, days, refused, skipped }: WantedDeps,
  object: ArchivedObject,
  { from, until }: { readonly from: number; readonly until: number },
): AsyncIterable<LogRecord> {
  for await (const record of readRecords(archive, object.key)) {
    if (record.offset < from || record.offset >= until) continue
    if (record.erased) skipped.erased++
    else if (!isOfDays(record, days, businessDate)) skipped.otherDays++
    else if (refused.has(`${object.partition}/${record.offset}`)) skipped.refused++
    else yield { key: record.key, value: JSON.stringify(record.event) }
  }
}

function isOfDays(
  record: ArchivedRecord,
  { from, to }: DayRange,
  businessDate: WantedDeps['businessDate'],
): boolean {
  const day = dayOf(record, businessDate)
  return day !== undefined && day >= from && day <= to
}

/** The business day of a record's event; undefined for a record that is none. */
export function dayOf(
  { event }: ArchivedRecord & { readonly event?: unknown },
  businessDate: WantedDeps['businessDate'],
): string | undefined {
  const { timestamp } = Object(event) as { timestamp?: unknown }
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  return Number.isNaN(at) ? undefined : businessDate(at)
}
