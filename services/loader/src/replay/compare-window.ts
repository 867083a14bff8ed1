import type { DayRange } from '@millrace/kpis/read-totals'
import { inTransaction } from '@millrace/warehouse/database'
import { compareFacts, type TableComparison } from '@millrace/warehouse/shadow/compare-facts'
import {
  changedDefinitions,
  compareTotals,
  type KpiDifference,
} from '@millrace/warehouse/shadow/compare-totals'
import { readFactTables } from '@millrace/warehouse/shadow/fact-table'
import type { ReplayRange } from '@millrace/warehouse/shadow/replay-range'
import { missingLinks } from '@millrace/warehouse/shadow/take-links'
import type { Pool, PoolClient } from 'pg'
import type { ReplayStep } from '../create-replay.ts'

/** The live database beside the shadow, in the days of a window. */
export interface Comparison {
  readonly window: DayRange
  readonly tables: readonly TableComparison[]
  /** Totals that differ, by KPI, day and dimensions. */
  readonly kpis: readonly KpiDifference[]
  /** KPIs whose definition in force is another one than they have now. */
  readonly definitions: readonly string[]
  /** Anonymous ids and merged users whose person the live database does not know although their events say it. */
  readonly links: number
  /** No table, total or link differs. */
  readonly identical: boolean
}

interface CompareDeps {
  /** In a transaction that sees one moment. */
  readonly live: PoolClient
  readonly shadow: Pool
  readonly range: ReplayRange
  readonly timeZone: string
  readonly onStep: (step: ReplayStep) => void
}

export async function compareWindow({
  live,
  shadow,
  range: { window },
  timeZone,
  onStep,
}: CompareDeps): Promise<Comparison> {
  const databases = { live, shadow }
  const tables: TableComparison[] = []
  for (const table of await readFactTables(shadow)) {
    onStep({ kind: 'comparing', table: table.name })
    tables.push(await compareFacts(databases, table, window, timeZone))
  }
  const kpis = await compareTotals(databases, window)
  const definitions = await changedDefinitions(databases)
  const links = (await inTransaction(shadow, (replayed) => missingLinks(live, replayed))).length
  const identical = tables.every(({ days }) => days.length === 0) && kpis.length === 0 && links === 0
  return { window, tables, kpis, definitions, links, identical }
}
