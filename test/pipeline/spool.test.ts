import { rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createFolderArchive } from '@millrace/archive/folder'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { expect, inject, onTestFinished, test } from 'vitest'
import { startTcpProxy, type TcpProxy } from '../adapters/tcp-proxy.ts'
import { openSpoolingStage, type SpoolingStage } from '../support/spooling-stage.ts'

const CLIENTS = 8

interface Start {
  readonly stage: SpoolingStage
  readonly proxy: TcpProxy
  /** Takes the archive's folder away, as a mount that is lost, and gives it back. */
  readonly archive: { takeAway(): Promise<void>; giveBack(): Promise<void> }
}

async function start(): Promise<Start> {
  const server = new URL(inject('postgresUrl'))
  const proxy = await startTcpProxy({ host: server.hostname, port: Number(server.port) })
  onTestFinished(() => proxy.close())
  let folder = ''
  const stage = await openSpoolingStage(
    ({ databaseUrl }, role) => {
      const connection = new URL(databaseUrl)
      // The loader's own connections are another matter: it stays in touch.
      if (role === 'millrace_ingest') connection.host = `127.0.0.1:${proxy.port}`
      return createPostgresLog({
        ...{ connection: connection.href, clientName: 'test', role, now: () => new Date() },
      })
    },
    ({ archiveFolder }) => {
      folder = path.join(archiveFolder, 'archive')
      return createFolderArchive({ folder })
    },
  )
  const archive = {
    async takeAway() {
      await rename(folder, `${folder}.away`).catch(() => undefined)
      await writeFile(folder, 'not a folder')
    },
    async giveBack() {
      await rm(folder)
      await rename(`${folder}.away`, folder).catch(() => undefined)
    },
  }
  return { stage, proxy, archive }
}

/** The facts hold what was accepted, each event once, and the watermark has never said more than that. */
async function expectWhole({ stage }: Start): Promise<void> {
  await expect.poll(() => stage.spooled(), { timeout: 20_000 }).toBe(0)
  const accepted = [...new Set(stage.accepted())].sort()
  await expect
    .poll(async () => (await stage.facts()).length, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(accepted.length)
  expect(await stage.facts()).toEqual(accepted)
  const doneAt = Date.now()
  await expect
    .poll(async () => (await stage.watermark())?.getTime(), { timeout: 40_000 })
    .toBeGreaterThan(doneAt)
  expect(stage.passedByWatermark).toEqual([])
}

test.each(['cut', 'silent'] as const)(
  'a log that is %s for a while: every request is a 202, in time, and counts once',
  async (mode) => {
    const started = await start()
    const { stage, proxy } = started
    const sending = stage.startSending(CLIENTS)
    await expect.poll(() => stage.facts(), { timeout: 20_000 }).not.toEqual([])
    proxy.set(mode)
    await expect.poll(() => stage.spooled(), { timeout: 20_000 }).toBeGreaterThan(2)
    const held = await stage.watermark()
    const before = stage.accepted().length
    await expect.poll(() => stage.accepted().length, { timeout: 20_000 }).toBeGreaterThan(before + CLIENTS)
    proxy.set('open')
    await expect.poll(() => stage.spooled(), { timeout: 30_000 }).toBe(0)
    await sending.stop()
    expect(stage.answers.filter(({ status }) => status !== 202)).toEqual([])
    // 5 s in the API, and what a busy machine adds to it.
    expect(Math.max(...stage.answers.map(({ tookMs }) => tookMs))).toBeLessThan(10_000)
    await expectWhole(started)
    expect(held?.getTime() ?? 0).toBeLessThan((await stage.watermark())?.getTime() ?? 0)
  },
  120_000,
)

test('log and archive away: 503 with Retry-After, and what is sent again counts once', async () => {
  const started = await start()
  const { stage, proxy, archive } = started
  await stage.send()
  proxy.set('cut')
  await archive.takeAway()
  const refused = await Promise.all(Array.from({ length: 20 }, () => stage.send()))
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 503))
  expect(refused.every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true)
  await archive.giveBack()
  const again = await Promise.all(refused.map(({ messageId }) => stage.send(messageId)))
  expect(again.map(({ status }) => status)).toEqual(again.map(() => 202))
  proxy.set('open')
  const once = await Promise.all(refused.map(({ messageId }) => stage.send(messageId)))
  expect(once.map(({ status }) => status)).toEqual(once.map(() => 202))
  await expectWhole(started)
}, 120_000)

test('the watermark stands still while something waits in the spool, and goes on when it is loaded', async () => {
  const started = await start()
  const { stage, proxy } = started
  await stage.send()
  await expect.poll(() => stage.watermark(), { timeout: 15_000 }).toBeInstanceOf(Date)
  proxy.set('cut')
  const { answeredAt } = await stage.send()
  await new Promise((resolve) => setTimeout(resolve, 8_000))
  const held = await stage.watermark()
  expect(held?.getTime()).toBeLessThan(answeredAt)
  proxy.set('open')
  await expectWhole(started)
}, 120_000)
