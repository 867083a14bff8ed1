import { createHash } from 'node:crypto'
import { Fault } from '@millrace/contracts/fault'
import { isDerived, type Kpi, type StoredKpi } from '@millrace/kpis/kpi'
import { renderSql, renderTriggers, renderViews } from '@millrace/kpis/render-sql'
import { contributions } from '@millrace/kpis/sql/contributions'
import { addToTotals, FILL_SHARD } from '@millrace/kpis/sql/total-triggers'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from './database.ts'
import { withFactsLocked } from './lock-facts.ts'

export interface AppliedKpis {
  /** False when the SQL in force was that of these definitions already. */
  readonly changed: boolean
  /** KPIs whose totals were filled from the facts: new ones, and those whose definition changed. */
  readonly filled: readonly string[]
}

/**
 * Installs the triggers and views of the KPIs and fills the totals of new and changed ones, without stopping loaders:
 * the triggers change under a lock while a second session opens its snapshot, and the fill reads that snapshot after
 * the lock is gone. A fill that was cut off is done again by the next call. One call at a time (migrate-warehouse.ts).
 * @throws Fault `contract_broken` when Postgres does not understand a definition; nothing is changed then.
 */
export async function applyKpis(pool: Pool, kpis: readonly Kpi[]): Promise<AppliedKpis> {
  const stored = kpis.filter((kpi): kpi is StoredKpi => !isDerived(kpi))
  const stale = await staleKpis(pool, stored)
  const changed = (await appliedHash(pool)) !== hashOf(renderSql(kpis))
  if (!changed && stale.length === 0) return { changed, filled: [] }

  await checkDefinitions(pool, stale)
  const snapshot = await pool.connect()
  try {
    await withFactsLocked(pool, async (tx) => {
      await tx.query(renderTriggers(kpis))
      await forget(tx, stale, stored)
      await snapshot.query('rollback')
      await snapshot.query('begin isolation level repeatable read')
      await snapshot.query('select 1')
    })
    await installViews(pool, kpis)
    await fill(snapshot, stale)
    await snapshot.query('commit')
  } finally {
    snapshot.release(true)
  }
  await markFilled(pool, stale)
  return { changed, filled: stale.map(({ name }) => name) }
}

/** Whether the database keeps the totals of these definitions and has filled them all. */
export async function isApplied(pool: Pool, kpis: readonly Kpi[]): Promise<boolean> {
  const stored = kpis.filter((kpi): kpi is StoredKpi => !isDerived(kpi))
  const isCurrent = (await appliedHash(pool)) === hashOf(renderSql(kpis))
  return isCurrent && (await staleKpis(pool, stored)).length === 0
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function definitionHash(kpi: StoredKpi): string {
  return hashOf(contributions(kpi, { relation: kpi.from }))
}

async function appliedHash(pool: Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ hash: string }>(
    `select hash from pipeline.generated_sql where name = 'kpi_totals'`,
  )
  return rows[0]?.hash
}

async function staleKpis(pool: Pool, stored: readonly StoredKpi[]): Promise<StoredKpi[]> {
  const { rows } = await pool.query<{ kpi: string; hash: string }>(
    'select kpi, hash from pipeline.kpi_definition where filled_at is not null',
  )
  const filled = new Map(rows.map(({ kpi, hash }) => [kpi, hash]))
  return stored.filter((kpi) => filled.get(kpi.name) !== definitionHash(kpi))
}

/** Before anything is installed: a trigger that fails would stop every loader. */
async function checkDefinitions(pool: Pool, stale: readonly StoredKpi[]): Promise<void> {
  for (const kpi of stale) {
    try {
      await pool.query(`explain ${contributions(kpi, { relation: `warehouse.${kpi.from}` })}`)
    } catch (cause) {
      const says = cause instanceof Error ? cause.message : String(cause)
      throw new Fault('contract_broken', `KPI ${kpi.name} cannot be counted: ${says}`, { cause })
    }
  }
}

async function forget(
  tx: PoolClient,
  stale: readonly StoredKpi[],
  stored: readonly StoredKpi[],
): Promise<void> {
  const kept = stored.filter((kpi) => !stale.includes(kpi)).map(({ name }) => name)
  // What its facts are gone for cannot be counted again: it stays as it was counted.
  await tx.query(
    `delete from warehouse.kpi_total where not kpi = any ($1)
       and (not kpi = any ($2) or business_date >= (select first_day from pipeline.facts_kept))`,
    [kept, stale.map(({ name }) => name)],
  )
  await tx.query('delete from pipeline.kpi_definition where not kpi = any ($1)', [kept])
  for (const kpi of stale) {
    await tx.query('insert into pipeline.kpi_definition (kpi, hash) values ($1, $2)', [
      kpi.name,
      definitionHash(kpi),
    ])
  }
}

/** After the lock: whoever reads a view for long holds up nothing but this. */
async function installViews(pool: Pool, kpis: readonly Kpi[]): Promise<void> {
  await inTransaction(pool, async (tx) => {
    await tx.query(renderViews(kpis))
    await tx.query(
      `insert into pipeline.generated_sql (name, hash) values ('kpi_totals', $1)
       on conflict (name) do update set hash = excluded.hash, applied_at = now()`,
      [hashOf(renderSql(kpis))],
    )
  })
}

async function fill(snapshot: PoolClient, stale: readonly StoredKpi[]): Promise<void> {
  for (const kpi of stale) {
    const counted = contributions(kpi, { relation: `warehouse.${kpi.from}` })
    const days = 'business_date >= (select first_day from pipeline.facts_kept)'
    await snapshot.query(addToTotals(`select * from (${counted}) as counted where ${days}`, FILL_SHARD))
  }
}

/** After the fill's commit: a fill that ends before this is done again from nothing. */
async function markFilled(pool: Pool, stale: readonly StoredKpi[]): Promise<void> {
  await pool.query('update pipeline.kpi_definition set filled_at = now() where kpi = any ($1)', [
    stale.map(({ name }) => name),
  ])
}
