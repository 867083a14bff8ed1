import { rm, statfs, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { folderOfTest, openArchiverStage, postgresLogOfTest } from '../support/archiver-stage.ts'
import { archiverLag, expectArchiveEqualsLog, publishEvents } from '../support/compare-archive.ts'
import { mountSmallDisk } from '../support/mount-small-disk.ts'

const disk = await mountSmallDisk(1_024).catch((error: Error) => error)
const why = disk instanceof Error ? disk.message : undefined
if (why) process.stderr.write(`skipped: full archive disk: ${why}\n`)

test.skipIf(why !== undefined)(
  'the disk under the folder archive is full: the archiver says so and waits, and goes on when there is space',
  async () => {
    if (disk instanceof Error) throw disk
    onTestFinished(() => disk.unmount())
    const stores = { log: await postgresLogOfTest(), archive: await folderOfTest(disk.folder) }
    const { log, archive, start, survived } = await openArchiverStage(stores, 2)
    const filler = path.join(disk.folder, 'filler')
    await writeFile(filler, Buffer.alloc(800 * 1_024))
    await start({ flushRecords: 50, flushSeconds: 0.1 })
    while (!survived.some((line) => line.includes('ENOSPC'))) {
      await publishEvents(log, 200)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(survived.join('\n')).toMatch(/Could not put raw\/events\.v1\/\S+: ENOSPC/)
    await publishEvents(log, 100)
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect(await archiverLag(log)).toBeGreaterThan(100)
    expect((await statfs(disk.folder)).bavail).toBeLessThan(40)
    await rm(filler)
    await expect.poll(() => archiverLag(log), { timeout: 30_000 }).toBe(0)
    await expectArchiveEqualsLog(log, archive)
  },
  60_000,
)
