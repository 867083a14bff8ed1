import { rm } from 'node:fs/promises'
import { createFolderArchive } from '@millrace/archive/folder'
import { addDays } from '@millrace/warehouse/shadow/replay-range'
import { expect, test } from 'vitest'
import { archivePartitions } from '../support/archive-partitions.ts'
import { loadAtOnce } from '../support/load-at-once.ts'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { openReplay } from '../support/open-replay.ts'
import { deal, randomShop } from '../support/random-shop.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { createTestDatabase } from '../support/test-database.ts'

const timeZone = 'Europe/Vienna'
const SEEDS = [1, 2]

test.each(SEEDS)(
  'windows of a random shop (seed %i) are what the archive says',
  async (seed) => {
    const database = await createTestDatabase()
    const folder = await makeDataFolder()
    const archive = createFolderArchive({ folder })
    const random = createSeededRandom(seed * 31)
    const first = seed % 2 === 0 ? '2025-03-08' : '2025-10-04'
    // Drawn before the load, whose partitions draw their batches in an order that differs from run to run.
    const windows = [
      { from: addDays(first, 40), to: addDays(first, 44) },
      { from: addDays(first, 34), to: addDays(first, 34 + random.whole(2, 8)) },
      { from: addDays(first, 2), to: addDays(first, 12) },
    ]
    try {
      await database.pool.query(`update pipeline.setting set value = $1`, [timeZone])
      const partitions = deal(randomShop(seed), seed)
      await archivePartitions(archive, partitions, { timeZone, recordsAnObject: random.whole(40, 400) })
      await loadAtOnce(partitions, { url: database.url, timeZone, batchSize: () => random.whole(1, 300) })
      for (const window of windows) {
        const { replay, close } = await openReplay(database.url, archive, { timeZone })
        const { comparison } = await replay({ days: window })
        await close()
        expect(differences(comparison)).toEqual({ tables: [], kpis: [], links: 0 })
        expect(comparison.tables.find(({ table }) => table === 'fact_event')?.live).toBeGreaterThan(50)
      }
    } finally {
      await archive.close()
      await rm(folder, { recursive: true, force: true })
      await database.drop()
    }
  },
  120_000,
)

function differences({
  tables,
  kpis,
  links,
}: Awaited<ReturnType<Awaited<ReturnType<typeof openReplay>>['replay']>>['comparison']) {
  return { tables: tables.filter(({ days }) => days.length > 0), kpis, links }
}
