import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../database.ts'
import { setErasedApart } from '../erase/set-erased-apart.ts'
import { holdFirstDay, setOldApart } from '../facts-kept.ts'
import { appendFacts, monthsOf } from './append-facts.ts'
import { claimErased, claimEvents } from './claim-events.ts'
import type { FactBatch } from './fact-batch.ts'
import { inventoriedOf } from './inventoried.ts'
import { takePosition } from './take-position.ts'
import { writeBoxes } from './write-boxes.ts'
import { writeDimensions } from './write-dimensions.ts'
import { writeInventory } from './write-inventory.ts'
import { type Outcome, writeLedger } from './write-ledger.ts'
import { writeOrders } from './write-orders.ts'
import { writePeople } from './write-people.ts'
import { writeQuarantine } from './write-quarantine.ts'
import { writeRefunds } from './write-refunds.ts'
import { type BusinessDate, writeSessions } from './write-sessions.ts'

export interface FactWriterDeps {
  readonly pool: Pool
  readonly businessDate: BusinessDate
}

export type FactWriter = (batch: FactBatch) => Promise<Outcome>

/**
 * Writes a batch in one transaction: position, claimed ids, facts and dimensions (and with them, by triggers, the KPI
 * totals), quarantine, ledger. Tables come in this one order, so that two loaders seldom wait for each other.
 */
export function createFactWriter({ pool, businessDate }: FactWriterDeps): FactWriter {
  const ensurePartitions = createPartitionKeeper(pool)
  return async function writeFacts(given) {
    await ensurePartitions(given)
    return inTransaction(pool, async (tx) => {
      await takePosition(tx, given)
      await tx.query(`select set_config('millrace.shard', $1, true)`, [String(given.partition)])
      const firstDay = await holdFirstDay(tx)
      const { batch, claims, erased } = await setErasedApart(tx, given, businessDate)
      const { kept, old } = setOldApart(batch.facts, firstDay)
      const { fresh, duplicates, conflicts } = await claimEvents(tx, kept)
      await claimErased(tx, claims)
      await writeRows(
        tx,
        fresh.map(({ facts }) => facts),
        businessDate,
      )
      const dead = [...batch.dead, ...old, ...conflicts]
      await writeQuarantine(tx, batch, dead)
      const stored = { loaded: fresh, dead, rejected: batch.rejected }
      await writeInventory(tx, batch.partition, inventoriedOf(stored, businessDate))
      const outcome = {
        loaded: fresh.length,
        ignored: batch.ignored,
        duplicate: duplicates,
        quarantined: batch.dead.length + old.length + conflicts.length + batch.rejected.length,
        erased,
      }
      await writeLedger(tx, batch, outcome)
      return outcome
    })
  }
}

async function writeRows(
  tx: PoolClient,
  facts: readonly FactBatch['facts'][number]['facts'][],
  businessDate: BusinessDate,
): Promise<void> {
  if (facts.length === 0) return
  const visitors = await writePeople(tx, facts)
  await appendFacts(tx, facts)
  await writeSessions(tx, facts, businessDate, visitors)
  await writeOrders(tx, facts)
  await writeRefunds(tx, facts)
  await writeBoxes(tx, facts)
  // Last: a new member that two loaders add at once is waited for only until the commit.
  await writeDimensions(tx, facts)
}

/** Makes the month's partitions before the transaction: making a table locks its parent until the commit. */
function createPartitionKeeper(pool: Pool): (batch: FactBatch) => Promise<void> {
  const known = new Set<string>()
  return async (batch) => {
    const missing = monthsOf(batch.facts.map(({ facts }) => facts)).filter((month) => !known.has(month))
    if (missing.length === 0) return
    await pool.query('select pipeline.ensure_event_partitions($1::date[])', [missing])
    for (const month of missing) known.add(month)
  }
}
