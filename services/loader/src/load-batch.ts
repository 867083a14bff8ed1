import type { LogBatch } from '@millrace/event-log/event-log'
import type { BusinessDate } from '@millrace/warehouse/to-facts'
import type { DeadRecord, FactBatch } from '@millrace/warehouse/write/fact-batch'
import type { FactWriter } from '@millrace/warehouse/write/write-facts'
import type { Outcome } from '@millrace/warehouse/write/write-ledger'
import { dataFault } from './data-fault.ts'
import { mapBatch } from './map-batch.ts'
import type { PositionKeeper } from './position-keeper.ts'

export interface LoadDeps {
  readonly writeFacts: FactWriter
  readonly positions: PositionKeeper
  readonly businessDate: BusinessDate
  /** Of the time at which a record was received: up to when all that was received was in the log before it. */
  inLogUntil(receivedAt: Date): Date | undefined
  onLoaded(outcome: Outcome): void
}

/** The log to Postgres, exactly once. Bad weather is thrown: the same batch comes again. */
export function createBatchLoader(deps: LoadDeps) {
  const { writeFacts, positions, businessDate, onLoaded } = deps

  return async function loadBatch(batch: LogBatch): Promise<void> {
    const remaining = await positions.notLoaded(batch)
    if (!remaining) return
    try {
      await loadRemaining(remaining)
    } catch (error) {
      positions.forget(batch)
      throw error
    }
  }

  /** A batch that fails on data is split until the bad event stands alone; that one goes to quarantine. */
  async function loadRemaining(batch: LogBatch): Promise<void> {
    const mapped = withSpool(mapBatch(batch, businessDate))
    try {
      await write(batch, mapped)
    } catch (error) {
      const detail = dataFault(error)
      if (detail === undefined) throw error
      if (batch.records.length === 1) return write(batch, setAside(mapped, detail))
      const middle = batch.records.length >> 1
      await loadRemaining({ ...batch, records: batch.records.slice(0, middle) })
      await loadRemaining({ ...batch, records: batch.records.slice(middle) })
    }
  }

  /** The position tells how far all is loaded: what waits in the spool is not. */
  function withSpool(mapped: FactBatch): FactBatch {
    if (mapped.receivedAt === '-infinity') return mapped
    const until = deps.inLogUntil(new Date(mapped.receivedAt))
    return { ...mapped, receivedAt: until?.toISOString() ?? '-infinity' }
  }

  async function write(batch: LogBatch, mapped: FactBatch): Promise<void> {
    onLoaded(await writeFacts(mapped))
    positions.loaded(batch)
  }
}

function setAside(batch: FactBatch, detail: string): FactBatch {
  const dead = batch.facts.map(
    ({ offset, value }): DeadRecord => ({ offset, value, code: 'schema_invalid', path: '', detail }),
  )
  return { ...batch, facts: [], dead: [...batch.dead, ...dead] }
}
