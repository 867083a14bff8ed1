import { rm, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { folderOfTest, openArchiverStage, postgresLogOfTest } from '../support/archiver-stage.ts'
import { archiverLag, expectArchiveEqualsLog, publishEvents } from '../support/compare-archive.ts'
import { describeArchiver } from './archiver-suite.ts'

describeArchiver('Postgres and a folder', openStores)

test('two archivers share the work, also when their connections are cut: each record is archived once', async () => {
  const stores = await openStores()
  const { log, archive, start } = await openArchiverStage(stores, 4)
  await start({ flushRecords: 30, flushSeconds: 0.05 })
  await start({ flushRecords: 50, flushSeconds: 0.05 })
  for (let round = 0; round < 8; round++) {
    await publishEvents(log, 200)
    await stores.log.database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'millrace archiver' and random() < 0.5`,
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await expect.poll(() => archiverLag(log), { timeout: 20_000 }).toBe(0)
  await expectArchiveEqualsLog(log, archive)
}, 60_000)

test('while the archive cannot be written the log keeps; when it can, archiving goes on', async () => {
  const stores = await openStores()
  const { log, archive, start } = await openArchiverStage(stores, 1)
  await writeFile(stores.archive.folder, 'in the way')
  await start({ flushSeconds: 0.05 })
  await publishEvents(log, 10)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(await archiverLag(log)).toBe(10)
  await rm(stores.archive.folder)
  await expect.poll(() => archiverLag(log), { timeout: 20_000 }).toBe(0)
  await expectArchiveEqualsLog(log, archive)
})

async function openStores() {
  return { log: await postgresLogOfTest(), archive: await folderOfTest() }
}
