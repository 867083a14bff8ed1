import { isDerived, type StoredKpi } from '@millrace/kpis/kpi'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { inTransaction } from '@millrace/warehouse/database'
import { expectKept, holdFirstDay } from '@millrace/warehouse/facts-kept'
import { addMembers } from '@millrace/warehouse/shadow/add-members'
import { compareFacts, isAsCompared, type TableComparison } from '@millrace/warehouse/shadow/compare-facts'
import type { KpiDifference } from '@millrace/warehouse/shadow/compare-totals'
import { readFactTables } from '@millrace/warehouse/shadow/fact-table'
import { whileLoadersWait } from '@millrace/warehouse/shadow/live-state'
import { mendTotals } from '@millrace/warehouse/shadow/mend-totals'
import { type SwappedTable, swapFacts } from '@millrace/warehouse/shadow/swap-facts'
import { addLinks, missingLinks } from '@millrace/warehouse/shadow/take-links'
import { writeRestatements } from '@millrace/warehouse/shadow/write-restatements'
import type { Pool, PoolClient } from 'pg'
import type { ReplayDeps } from '../create-replay.ts'
import type { Comparison } from './compare-window.ts'
import type { Recomputation } from './create-recomputation.ts'

export interface Swapped {
  /** How long loaders waited; 0 when no fact differed. */
  readonly lockSeconds: number
  readonly tables: readonly SwappedTable[]
  /** KPIs that were filled anew, because their definition changed. */
  readonly definitions: readonly string[]
  /** Totals that were not what their facts add up to. */
  readonly totals: number
  /** The same comparison afterwards. */
  readonly after: Comparison
}

export interface SwapWindowDeps extends ReplayDeps {
  readonly topic: string
  readonly recomputation: Recomputation
  readonly compare: () => Promise<Comparison>
}

/** Facts first, then what the KPIs are, then totals that are still wrong: each is right by itself when we are killed. */
export async function swapWindow(deps: SwapWindowDeps, before: Comparison): Promise<Swapped> {
  const { live, applyKpis, compare } = deps
  const facts = await swapTables(deps, before)
  const definitions = before.definitions.length > 0 ? await applyKpis() : []
  let after = await compare()
  const totals = after.kpis.length > 0 ? await mend(deps, after.kpis) : 0
  if (totals > 0) after = await compare()
  const stillWrong = new Set(after.kpis.map(nameOf))
  await writeRestatements(
    live,
    before.kpis.filter((difference) => !stillWrong.has(nameOf(difference))),
    'fix',
  )
  return { ...facts, definitions, totals, after }
}

function nameOf({ kpi, date, dimensions }: KpiDifference): string {
  return JSON.stringify([kpi, date, dimensions])
}

/**
 * The loaders wait while the rows that differ are replaced; what is equal stays.
 * @throws Fault `config_invalid` when retention has come to these days since they were compared.
 */
async function swapTables(
  deps: SwapWindowDeps,
  { tables: compared, links }: Comparison,
): Promise<Pick<Swapped, 'lockSeconds' | 'tables'>> {
  const differing = compared.filter(({ days }) => days.length > 0)
  if (differing.length === 0 && links === 0) return { lockSeconds: 0, tables: [] }
  const { live, shadow, topic, recomputation, timeZone, now, onStep } = deps
  const { window } = recomputation.range
  await inTransaction(live, async (tx) => {
    await holdFirstDay(tx)
    await recomputation.expectSameErasures(tx)
    await inTransaction(shadow, (replayed) => addMembers(tx, replayed))
  })
  await live.query('select pipeline.ensure_event_partitions($1::date[])', [
    differing.flatMap(({ days }) => days.map(({ day }) => day)),
  ])

  const tables: SwappedTable[] = []
  let lockedAt = now().getTime()
  await whileLoadersWait(live, topic, async (tx) => {
    lockedAt = now().getTime()
    onStep({ kind: 'locked' })
    expectKept(window.from, await holdFirstDay(tx))
    // No erasure begins before we have committed: it waits for the same lock.
    await recomputation.expectSameErasures(tx)
    const isCurrent = links === 0 && (await isStillAsCompared(deps, tx, differing))
    const wrong = isCurrent ? differing : await compareAgain(deps, tx, differing)
    await inTransaction(shadow, async (replayed) => {
      await addLinks(tx, await missingLinks(tx, replayed))
      for (const { table, days } of await withTables(shadow, wrong)) {
        onStep({ kind: 'swapping', table: table.name })
        tables.push(await swapFacts({ live: tx, shadow: replayed, window, timeZone }, table, days))
      }
    })
  })
  const lockSeconds = (now().getTime() - lockedAt) / 1_000
  onStep({ kind: 'unlocked' })
  return { lockSeconds, tables }
}

/**
 * While the rows that differ are those that were compared, what was loaded since said nothing of them: the shadow of that
 * moment is right, and nobody waits for the archiver, ten seconds with loaders at work. Should it have said something
 * that wrong rows hid, the comparison after the swap shows it. Of links nothing says that nobody touched them.
 */
async function isStillAsCompared(
  { shadow, recomputation, timeZone }: SwapWindowDeps,
  tx: PoolClient,
  differing: readonly TableComparison[],
): Promise<boolean> {
  const { window } = recomputation.range
  for (const { table, compared } of await withTables(shadow, differing)) {
    if (!(await isAsCompared(tx, table, compared, window, timeZone))) return false
  }
  return true
}

/** Catches up with what was loaded since: it may have moved rows to days that did not differ. */
async function compareAgain(
  { shadow, recomputation, timeZone }: SwapWindowDeps,
  tx: PoolClient,
  differing: readonly TableComparison[],
): Promise<readonly TableComparison[]> {
  await recomputation.catchUp(tx)
  await recomputation.takeOutside(tx)
  const compared: TableComparison[] = []
  for (const { table } of await withTables(shadow, differing))
    compared.push(await compareFacts({ live: tx, shadow }, table, recomputation.range.window, timeZone))
  return compared.filter(({ days }) => days.length > 0)
}

async function withTables(shadow: Pool, differing: readonly TableComparison[]) {
  const tables = await readFactTables(shadow)
  return differing.flatMap((compared) => {
    const table = tables.find(({ name }) => name === compared.table)
    return table ? [{ table, compared, days: compared.days.map(({ day }) => day) }] : []
  })
}

async function mend(
  { live, definitions, onStep }: SwapWindowDeps,
  wrong: readonly KpiDifference[],
): Promise<number> {
  const names = new Set(wrong.map(({ kpi }) => kpi))
  const stored = (await loadKpis(definitions)).filter(
    (kpi): kpi is StoredKpi => !isDerived(kpi) && names.has(kpi.name),
  )
  let mended = 0
  for (const kpi of stored) {
    onStep({ kind: 'mending', table: kpi.name })
    mended += await mendTotals(live, kpi)
  }
  return mended
}
