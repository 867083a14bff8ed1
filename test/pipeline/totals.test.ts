import { isDerived, type Kpi } from '@millrace/kpis/kpi'
import { kpiSeries } from '@millrace/kpis/kpi-series'
import { loadKpis } from '@millrace/kpis/load-kpis'
import type { Pool } from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { loadAtOnce } from '../support/load-at-once.ts'
import { deal, randomShop } from '../support/random-shop.ts'
import { recountEvents } from '../support/recount-events.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { expectRecounted } from '../support/show-kpis.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const TIME_ZONE = 'Europe/Vienna'
const opened: TestDatabase[] = []
afterEach(async () => {
  for (const database of opened.splice(0)) await database.drop()
})

async function openDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase(TIME_ZONE)
  opened.push(database)
  return database
}

describe.each([1, 2, 3])('random traffic around a change of the clocks, seed %i', (seed) => {
  test('gives what a recount gives, whoever loads it in whatever order', async () => {
    const events = randomShop(seed)
    for (const [round, batchSizes] of [
      [1, 40],
      [40, 700],
    ].entries()) {
      const random = createSeededRandom(seed * 10 + round)
      const partitions = deal(events, seed * 100 + round)
      const { pool, url } = await openDatabase()
      await loadAtOnce(partitions, {
        url,
        timeZone: TIME_ZONE,
        batchSize: () => random.whole(batchSizes[0] ?? 0, batchSizes[1] ?? 0),
      })
      await expectRecounted(pool, recountEvents(partitions, TIME_ZONE))
      expect(await viewsThatDiffer(pool)).toEqual([])
    }
  })
})

/** Views for analysts whose rows are not the values of the series. */
async function viewsThatDiffer(pool: Pool): Promise<unknown[]> {
  const differing: unknown[] = []
  for (const kpi of await loadKpis()) {
    const series = await kpiSeries(pool, kpi, { from: '2000-01-01', to: '2100-01-01' })
    const fromSeries = new Map(
      series.map(({ date, dimensions, value }) => [[date, ...Object.values(dimensions)].join(' '), value]),
    )
    const { rows } = await pool.query<Record<string, string>>(
      `select *, business_date::text as date from warehouse.kpi_${kpi.name}`,
    )
    const same = rows.every((row) => {
      const value = fromSeries.get([row.date, ...labelsOf(kpi).map((label) => row[label])].join(' '))
      return value !== undefined && Math.abs(Number(row.value) - value) <= 1e-12 * Math.abs(value)
    })
    if (!same || rows.length !== series.length) differing.push([kpi.name, rows.length, series.length])
  }
  return differing
}

function labelsOf(kpi: Kpi): string[] {
  if (isDerived(kpi)) return Object.keys(kpi.minuend.dimensions)
  return [...Object.keys(kpi.dimensions), ...(kpi.measure.kind === 'percentile' ? ['quantile'] : [])]
}
