import { setTimeout as sleep } from 'node:timers/promises'
import { createS3Archive } from '@millrace/archive/s3'
import { createKafkaLog } from '@millrace/event-log/kafka'
import { expect, onTestFinished, test } from 'vitest'
import { createTestBucket } from '../../support/create-test-bucket.ts'
import { type StartedKafka, startKafka } from '../../support/servers/start-kafka.ts'
import { type StartedS3, startS3 } from '../../support/servers/start-s3.ts'
import { openSpoolingStage, type SpoolingStage } from '../../support/spooling-stage.ts'

const AWAY_MS = 120_000
const CLIENTS = 8

interface Start {
  readonly stage: SpoolingStage
  readonly kafka: StartedKafka
  readonly s3: StartedS3
}

async function start(): Promise<Start> {
  const kafka = await startKafka()
  onTestFinished(() => kafka.stop())
  const s3 = await startS3()
  onTestFinished(() => s3.stop())
  const bucket = await createTestBucket(s3)
  const { endpoint, region, accessKeyId, secretAccessKey } = s3
  const stage = await openSpoolingStage(
    (_parts, role) =>
      createKafkaLog({ brokers: kafka.brokers.split(','), clientName: role, now: () => new Date() }),
    () => createS3Archive({ bucket, endpoint, region, credentials: { accessKeyId, secretAccessKey } }),
  )
  return { stage, kafka, s3 }
}

async function expectWhole({ stage }: Start): Promise<void> {
  await expect.poll(() => stage.spooled(), { timeout: 120_000, interval: 500 }).toBe(0)
  const accepted = [...new Set(stage.accepted())].sort()
  await expect
    .poll(async () => (await stage.facts()).length, { timeout: 120_000, interval: 500 })
    .toBeGreaterThanOrEqual(accepted.length)
  expect(await stage.facts()).toEqual(accepted)
  const doneAt = Date.now()
  await expect
    .poll(async () => (await stage.watermark())?.getTime(), { timeout: 60_000, interval: 500 })
    .toBeGreaterThan(doneAt)
  expect(stage.passedByWatermark).toEqual([])
}

test.each(['SIGKILL', 'SIGSTOP'] as const)(
  'Kafka away for two minutes under load (%s): every request is a 202, nothing is lost, nothing counts twice',
  async (signal) => {
    const started = await start()
    const { stage, kafka } = started
    const [broker] = kafka.nodes
    const sending = stage.startSending(CLIENTS)
    await sleep(5_000)
    await broker.kill(signal)
    await sleep(AWAY_MS)
    await (signal === 'SIGSTOP' ? broker.kill('SIGCONT') : broker.start())
    await sleep(15_000)
    await sending.stop()
    expect(stage.answers.filter(({ status }) => status !== 202)).toEqual([])
    expect(Math.max(...stage.answers.map(({ tookMs }) => tookMs))).toBeLessThan(5_000)
    await expectWhole(started)
    const slow = stage.answers.filter(({ tookMs }) => tookMs > 1_000).length
    console.log(`${stage.answers.length} requests, ${slow} of them waited for Kafka`)
  },
)

test('Kafka and S3 away: 503 with Retry-After, and what is sent again counts once', async () => {
  const started = await start()
  const { stage, kafka, s3 } = started
  await stage.send()
  await Promise.all([kafka.nodes[0].kill(), s3.nodes[0].kill()])
  const refused = await Promise.all(Array.from({ length: 50 }, () => stage.send()))
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 503))
  expect(refused.every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true)
  expect(Math.max(...refused.map(({ tookMs }) => tookMs))).toBeLessThan(5_500)
  await s3.nodes[0].start()
  await untilAccepted(stage, refused)
  await kafka.nodes[0].start()
  await untilAccepted(stage, refused)
  await expectWhole(started)
})

/** As clients do it: again with the same ids until it is a 202. */
async function untilAccepted(
  stage: SpoolingStage,
  refused: readonly { readonly messageId: string }[],
): Promise<void> {
  for (const { messageId } of refused)
    await expect.poll(async () => (await stage.send(messageId)).status, { timeout: 20_000 }).toBe(202)
}
