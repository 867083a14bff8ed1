import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { bucketOfTest, kafkaLogOfTest, openArchiverStage } from '../../support/archiver-stage.ts'
import { archiverLag, expectArchiveEqualsLog, keepPublishing } from '../../support/compare-archive.ts'
import type { RunningProgram } from '../../support/run-program.ts'
import { createSeededRandom } from '../../support/seeded-random.ts'
import { installS3 } from '../../support/servers/install-s3.ts'
import { startS3 } from '../../support/servers/start-s3.ts'
import { describeWith, testKafka } from '../../support/servers.ts'

const FAULTS = 20

await describeWith(
  () => Promise.all([testKafka(), installS3()]),
  'Archivers on Kafka and S3',
  ([{ brokers }]) => {
    test('kill -9 of an archiver, of the S3 server or of both, twenty times under load: the archive equals the log', async () => {
      const { log, archive, startProcess, s3 } = await open(4)
      const random = createSeededRandom(20_261_121)
      const archivers = [startProcess(flushing(50)), startProcess(flushing(70))]
      await Promise.all(archivers.map(({ firstLine }) => firstLine))
      const publishing = keepPublishing(log)
      for (let fault = 0; fault < FAULTS; fault++) {
        await sleep(random.whole(0, 2_000))
        const what = random.pick(['archiver', 'S3', 'both'] as const)
        if (what !== 'archiver') await s3.nodes[0].kill()
        if (what !== 'S3') {
          const index = random.whole(0, 1)
          await killNow(archivers[index])
          archivers[index] = startProcess(flushing(random.whole(20, 100)))
        }
        await sleep(random.whole(0, 2_000))
        if (what !== 'archiver') await s3.nodes[0].start()
      }
      const published = await publishing.stop()
      await expect.poll(() => archiverLag(log), { timeout: 120_000, interval: 500 }).toBe(0)
      for (const archiver of archivers) await killNow(archiver)
      await expectArchiveEqualsLog(log, archive)
      expect(published).toBeGreaterThan(1_000)
    }, 600_000)

    test('the S3 server stands still for 10 s: the archiver says so in seconds, waits, and goes on', async () => {
      const { log, archive, start, s3 } = await open(2)
      await start({ flushRecords: 50, flushSeconds: 0.2 })
      const publishing = keepPublishing(log)
      await expect.poll(() => archiverLag(log).then((lag) => lag < 500), { timeout: 30_000 }).toBe(true)
      const begun = performance.now()
      await s3.nodes[0].kill('SIGSTOP')
      await expect(archive.head('log.json')).rejects.toMatchObject({ code: 'archive_unavailable' })
      expect(performance.now() - begun).toBeLessThan(8_000)
      await sleep(10_000 - (performance.now() - begun))
      const lagBefore = await archiverLag(log)
      expect(lagBefore).toBeGreaterThan(500)
      await s3.nodes[0].kill('SIGCONT')
      await publishing.stop()
      await expect.poll(() => archiverLag(log), { timeout: 60_000 }).toBe(0)
      await expectArchiveEqualsLog(log, archive)
    }, 180_000)

    async function open(partitions: number) {
      const s3 = await startS3()
      onTestFinished(() => s3.stop())
      const stores = { log: kafkaLogOfTest(brokers), archive: await bucketOfTest(s3) }
      return { s3, ...(await openArchiverStage(stores, partitions)) }
    }
  },
)

async function killNow(program: RunningProgram | undefined): Promise<void> {
  program?.child.kill('SIGKILL')
  await program?.ended
}

function flushing(records: number): Readonly<Record<string, string>> {
  return { ARCHIVE_FLUSH_RECORDS: `${records}`, ARCHIVE_FLUSH_SECONDS: '0.2' }
}
