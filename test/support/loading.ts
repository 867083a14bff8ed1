import type { StampedEvent } from '@millrace/contracts/stamped-event'
import type { LogBatch } from '@millrace/event-log/event-log'
import { isDerived } from '@millrace/kpis/kpi'
import { kpiSeries } from '@millrace/kpis/kpi-series'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { type Difference, verifyKpi } from '@millrace/kpis/verify'
import { createBatchLoader } from '@millrace/loader/load-batch'
import { createPositionKeeper } from '@millrace/loader/position-keeper'
import { createLogger } from '@millrace/runtime/logger'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import { createFactWriter } from '@millrace/warehouse/write/write-facts'
import type { Outcome } from '@millrace/warehouse/write/write-ledger'
import type { Pool } from 'pg'

export interface TestLoader {
  /** Loads events as the next records of a partition. */
  load(events: readonly (StampedEvent | string)[], partition?: number): Promise<void>
  readonly outcomes: Outcome[]
}

/** The loader's own steps, fed by hand: batches of one partition after another, as the log would deliver them. */
export function createTestLoader(pool: Pool, timeZone = 'UTC'): TestLoader {
  const outcomes: Outcome[] = []
  const businessDate = createBusinessDate(timeZone)
  const loadBatch = createBatchLoader({
    writeFacts: createFactWriter({ pool, businessDate }),
    positions: createPositionKeeper(pool, createLogger({ service: 'test', level: 'silent' })),
    businessDate,
    inLogUntil: (receivedAt) => receivedAt,
    onLoaded: (outcome) => outcomes.push(outcome),
  })
  const next = new Map<number, number>()
  return {
    outcomes,
    async load(events, partition = 0) {
      const first = next.get(partition) ?? 0
      next.set(partition, first + events.length)
      await loadBatch(batchOf(events, partition, first))
    },
  }
}

export function batchOf(
  events: readonly (StampedEvent | string)[],
  partition: number,
  firstOffset: number,
): LogBatch {
  const records = events.map((event, index) => ({
    key: 'k',
    value: typeof event === 'string' ? event : JSON.stringify(event),
    offset: firstOffset + index,
  }))
  return { topic: 'events.v1', partition, records }
}

/** `date dimensions value` lines of a KPI, easy to compare. */
export async function seriesOf(pool: Pool, name: string): Promise<string[]> {
  const kpi = (await loadKpis()).find((candidate) => candidate.name === name)
  if (!kpi) throw new Error(`no KPI ${name}`)
  const points = await kpiSeries(pool, kpi, { from: '2000-01-01', to: '2100-01-01' })
  return points.map(({ date, dimensions, value }) => [date, ...Object.values(dimensions), value].join(' '))
}

/** Totals that are not what their facts add up to, of every KPI. */
export async function differences(pool: Pool): Promise<Difference[]> {
  const kpis = await loadKpis()
  const found = await Promise.all(kpis.map(async (kpi) => (isDerived(kpi) ? [] : verifyKpi(pool, kpi))))
  return found.flat()
}
