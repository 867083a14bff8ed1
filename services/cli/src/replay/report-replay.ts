import type { Comparison, ReplayedRecords, Swapped } from '@millrace/loader/create-replay'
import { printTable } from '../print-table.ts'

/** What `millrace replay --json` prints. */
export interface ReplayReport extends Comparison {
  /** What became of the archived records that were read. */
  readonly records: ReplayedRecords
  readonly seconds: number
  readonly eventsASecond: number
  readonly swapped?: Swapped
}

type Out = (line: string) => void

const SHOWN = 40

/** Which tables, days and KPIs differ. */
export function reportComparison({ window, tables, kpis, definitions, links }: Comparison, out: Out): void {
  const rows = tables.flatMap(({ table, days }) =>
    days.map(({ day, live, replayed }) => [table, day, live, replayed]),
  )
  show([['table', 'day', 'rows live', 'replayed'], ...rows], out)
  show([['KPI', 'day', 'dimensions', 'live', 'replayed'], ...kpis.map(kpiRow)], out)
  if (links > 0) out(`${links} persons whose events say whom they belong to are not linked`)
  if (definitions.length > 0) out(`defined in another way now: ${definitions.join(', ')}`)
  const days = window.from === window.to ? window.from : `${window.from} to ${window.to}`
  const counted = tables.reduce((sum, { live }) => sum + live, 0)
  out(
    rows.length + kpis.length + links === 0
      ? `${days}: identical, ${counted} rows of ${tables.length} tables and every total`
      : `${days}: DIFFERENT: ${rows.length} (table, day), ${kpis.length} (KPI, day, dimensions)`,
  )
}

/** entries/numerator/denominator, as `millrace kpi verify` shows them. */
function kpiRow({ kpi, date, dimensions, live, replayed }: Comparison['kpis'][number]): string[] {
  return [kpi, date, Object.values(dimensions).join(' '), live.join('/'), replayed.join('/')]
}

function show([head = [], ...rows]: readonly (readonly (string | number)[])[], out: Out): void {
  if (rows.length === 0) return
  printTable([head, ...rows.slice(0, SHOWN)], out)
  if (rows.length > SHOWN) out(`… and ${rows.length - SHOWN} more (--json has all)`)
  out('')
}

export function reportRecords({ records, seconds, eventsASecond }: ReplayReport, out: Out): void {
  const { loaded, duplicate, ignored, quarantined, erased, refused, otherDays } = records
  out(
    `${loaded} events replayed in ${seconds.toFixed(1)} s (${Math.round(eventsASecond)}/s), ${duplicate} duplicate, ` +
      `${ignored} ignored, ${quarantined + refused} quarantined, ${erased} erased, ${otherDays} of other days`,
  )
}

export function reportSwap(
  { tables, definitions, totals, lockSeconds, after: { identical } }: Swapped,
  out: Out,
): void {
  show(
    [['table', 'removed', 'added'], ...tables.map(({ table, removed, added }) => [table, removed, added])],
    out,
  )
  if (definitions.length > 0) out(`filled anew: ${definitions.join(', ')}`)
  if (totals > 0) out(`${totals} totals put right`)
  if (lockSeconds > 0) out(`loaders waited ${lockSeconds.toFixed(2)} s`)
  out(identical ? 'swapped: identical now' : 'swapped, but NOT identical')
}
