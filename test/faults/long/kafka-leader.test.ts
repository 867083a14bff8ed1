import { setTimeout as sleep } from 'node:timers/promises'
import type { EventLog } from '@millrace/event-log/event-log'
import { createKafkaLog } from '@millrace/event-log/kafka'
import { expect, onTestFinished, test } from 'vitest'
import { countEach, type Load, readAll, startLoad } from '../../adapters/event-log-load.ts'
import { makeTopic, record } from '../../adapters/event-log-suite.ts'
import { startKafka } from '../../support/servers/start-kafka.ts'

const KILLS = 6

test('of three brokers one after the other is killed under load: nothing acknowledged is lost or stored twice', async () => {
  const kafka = await startKafka({ brokers: 3 })
  onTestFinished(() => kafka.stop())
  const log = createKafkaLog({
    brokers: kafka.brokers.split(','),
    clientName: 'test',
    now: () => new Date(),
  })
  onTestFinished(() => log.close())
  const topic = await makeTopic(log, 6)
  const handled: string[] = []
  const consumer = await log.consume({
    topics: [topic],
    group: 'g',
    async handle({ records }) {
      handled.push(...records.map(({ value }) => value))
    },
  })
  onTestFinished(() => consumer.close())
  const load = startLoad(log, topic)
  const pausesMs: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(2_000 + Math.random() * 1_000)
    const node = kafka.nodes[kill % 3]
    const killed = performance.now()
    await node?.kill()
    pausesMs.push(await pauseUntilAllPartitionsTake(topic, killed))
    await node?.start()
    await sleep(3_000)
  }
  const { acknowledged, tried } = await load.stop()
  const { values, offsets } = await readAll(log, topic)
  const counts = countEach(values)
  const lost = acknowledged.filter((value) => !counts.has(value))
  const twice = acknowledged.filter((value) => (counts.get(value) ?? 0) > 1)
  console.log(
    `${KILLS} leaders killed: ${acknowledged.length} acknowledged, ${lost.length} lost, ${twice.length} twice, ` +
      `${handled.length - values.length} handled again, pauses ${pausesMs.map(Math.round).join(', ')} ms`,
  )
  expect({ lost, twice }).toEqual({ lost: [], twice: [] })
  expect(values.filter((value) => !tried.has(value))).toEqual([])
  for (const ofPartition of offsets) expect(ofPartition).toEqual(ofPartition.map((_, n) => n))
  await expect.poll(() => new Set(handled).size, { timeout: 30_000 }).toBe(counts.size)

  /** How long after the kill a publish to every partition is through. */
  async function pauseUntilAllPartitionsTake(to: string, since: number): Promise<number> {
    for (;;) {
      const records = Array.from({ length: 50 }, (_, n) => record(`k${n}`, `probe ${since} ${n}`))
      for (const { value } of records) load.expectToo(value)
      try {
        await log.publish([{ topic: to, records }])
        return performance.now() - since
      } catch {
        await sleep(20)
      }
    }
  }
}, 600_000)

test('of three brokers the first hangs: after some seconds publishes go through again, also those of a new client, and nothing is lost', async () => {
  const kafka = await startKafka({ brokers: 3 })
  onTestFinished(() => kafka.stop())
  const open = (): EventLog => {
    const log = createKafkaLog({
      brokers: kafka.brokers.split(','),
      clientName: 'test',
      now: () => new Date(),
    })
    onTestFinished(() => log.close())
    return log
  }
  const log = open()
  const [topic, other] = [await makeTopic(log, 6), await makeTopic(log, 6)]
  const handled = new Set<string>()
  const consumer = await log.consume({
    topics: [topic],
    group: 'g',
    async handle({ records }) {
      for (const { value } of records) handled.add(value)
    },
  })
  onTestFinished(() => consumer.close())
  const load = startLoad(log, topic)
  await load.untilAcknowledged(200)
  await kafka.nodes[0].kill('SIGSTOP')
  // The cluster leaves it out after 9 s.
  await sleep(12_000)
  await load.untilAcknowledged(200)
  const fresh = startLoad(open(), other)
  await fresh.untilAcknowledged(20)
  const before = handled.size
  await expect.poll(() => handled.size, { timeout: 60_000 }).toBeGreaterThan(before + 200)
  await kafka.nodes[0].kill('SIGCONT')
  const counts = await countAcknowledged(load, topic)
  await countAcknowledged(fresh, other)
  await expect.poll(() => handled.size, { timeout: 60_000 }).toBe(counts.size)

  /** What a topic holds once its load has stopped: all that was acknowledged. */
  async function countAcknowledged(of: Load, from: string): Promise<ReadonlyMap<string, number>> {
    const { acknowledged } = await of.stop()
    const found = countEach((await readAll(log, from)).values)
    expect(acknowledged.filter((value) => !found.has(value))).toEqual([])
    return found
  }
}, 300_000)
