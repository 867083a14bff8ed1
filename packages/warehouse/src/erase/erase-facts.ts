import { IN_FLIGHT_MS } from '@millrace/contracts/in-flight'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../database.ts'
import type { BusinessDate } from '../to-facts.ts'
import { deleteEvents } from './delete-events.ts'
import { deletePersonRows } from './delete-person-rows.ts'
import { eraseQuarantine } from './erase-quarantine.ts'
import { closeErasure, whenFree } from './erasures.ts'
import { addTouched } from './person-facts.ts'
import { rebuildShared } from './rebuild-shared.ts'
import { redactEvents } from './redact-events.ts'
import { restateTotals } from './restate-totals.ts'

/** Rows by table that went; `redacted` ones were of others and stayed without the person. */
export interface WarehouseCounts {
  readonly facts: Readonly<Record<string, number>>
  /** Of dim_person. */
  readonly persons: number
  /** Of those, how many counted as another. */
  readonly links: number
  readonly redactedEvents: number
  readonly quarantine: { readonly erased: number; readonly redacted: number }
  /** Totals of closed days that changed, by KPI, day and dimensions. */
  readonly restatements: number
}

export interface EraseFactsDeps {
  readonly pool: Pool
  readonly businessDate: BusinessDate
  /** Told of each table as it is begun. */
  progress(table: string): void
}

/** Totals that an erasure takes away stand in a shard of their own: of two erasures one runs at a time. */
const ERASE_SHARD = -3

/**
 * Deletes all facts of the persons of an erasure that has begun, and makes what they shared with others again from what
 * the others did; the triggers of the fact tables put the totals right. One transaction, so that nobody sees half of it
 * and a process that is killed leaves nothing half done. No load waits for it but one that touches the same order, box or
 * session in its last part. Needs no lock against loads that add to the persons: those honour the tombstones.
 */
export async function eraseFacts(
  deps: EraseFactsDeps,
  erasureId: string,
  people: ReadonlySet<string>,
): Promise<{ readonly counts: WarehouseCounts; readonly erasedAt: string }> {
  return whenFree(() =>
    inTransaction(deps.pool, async (tx) => {
      const counts = await eraseWithTotals(tx, deps, people)
      return { counts, erasedAt: await closeErasure(tx, erasureId, { counts, marginMs: IN_FLIGHT_MS }) }
    }),
  )
}

/** What eraseFacts would delete now; nothing is. */
export async function countFacts(
  deps: EraseFactsDeps,
  people: ReadonlySet<string>,
): Promise<WarehouseCounts> {
  const tx = await deps.pool.connect()
  try {
    await tx.query('begin')
    return await eraseWithTotals(tx, deps, people)
  } finally {
    // With its connection, whatever state that is in.
    tx.release(true)
  }
}

async function eraseWithTotals(
  tx: PoolClient,
  deps: EraseFactsDeps,
  people: ReadonlySet<string>,
): Promise<WarehouseCounts> {
  await tx.query('set local idle_in_transaction_session_timeout = 0')
  await tx.query(`select set_config('millrace.shard', $1, true)`, [String(ERASE_SHARD)])
  return restateTotals(tx, ERASE_SHARD, () => erasePeople(tx, deps, [...people]))
}

async function erasePeople(
  tx: PoolClient,
  { businessDate, progress }: EraseFactsDeps,
  people: readonly string[],
): Promise<Omit<WarehouseCounts, 'restatements'>> {
  progress('fact_event')
  const gone = await deleteEvents(tx, people)
  const redacted = await redactEvents(tx, people)
  progress('quarantine')
  const quarantine = await eraseQuarantine(tx, new Set(people))
  progress('shared facts')
  const touched = addTouched(gone.touched, redacted.touched)
  const shared = await rebuildShared(tx, { people, touched, businessDate })
  const rows = await deletePersonRows(tx, people, progress)
  return {
    facts: { fact_event: gone.events, ...rows.facts, ...shared },
    persons: rows.persons,
    links: rows.links,
    redactedEvents: redacted.events,
    quarantine,
  }
}
