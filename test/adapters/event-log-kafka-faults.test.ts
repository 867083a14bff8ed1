import { setTimeout as sleep } from 'node:timers/promises'
import type { ConsumeOptions, EventLog, LogBatch, PartitionEnd } from '@millrace/event-log/event-log'
import { createKafkaLog, type KafkaLogOptions } from '@millrace/event-log/kafka'
import { partitionOf } from '@millrace/event-log/partition-of'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { installKafka } from '../support/servers/install-kafka.ts'
import { type StartedKafka, startKafka } from '../support/servers/start-kafka.ts'
import { describeWith } from '../support/servers.ts'
import { countEach, readAll, startLoad } from './event-log-load.ts'
import { collect, latch, makeTopic, record, topicName } from './event-log-suite.ts'
import { killConsumer } from './kill-consumer.ts'

await describeWith(installKafka, 'Kafka', () => {
  let kafka: StartedKafka
  beforeAll(async () => {
    kafka = await startKafka({
      properties: {
        // So that a test need not wait for long.
        'group.min.session.timeout.ms': '1000',
        'group.max.session.timeout.ms': '20000',
        'log.retention.check.interval.ms': '200',
        'log.initial.task.delay.ms': '200',
        'log.segment.delete.delay.ms': '0',
      },
    })
  }, 120_000)
  afterAll(() => kafka?.stop())

  const optionsOf = (options: Partial<KafkaLogOptions> = {}) => ({
    brokers: kafka.brokers.split(','),
    clientName: 'test',
    sessionTimeoutMs: 2_000,
    publishTimeoutMs: 10_000,
    now: () => new Date(),
    ...options,
  })

  function open(options: Partial<KafkaLogOptions> = {}): EventLog {
    const log = createKafkaLog(optionsOf(options))
    onTestFinished(() => log.close())
    return log
  }

  async function consume(log: EventLog, options: ConsumeOptions): Promise<{ close(): Promise<void> }> {
    const consumer = await log.consume(options)
    onTestFinished(() => consumer.close())
    return consumer
  }

  test('a broker is killed under load: each acknowledged publish is stored once, without gaps; consumers go on, or begin when it is back', async () => {
    const log = open()
    const topic = await makeTopic(log, 4)
    const handled: string[] = []
    await consume(log, {
      topics: [topic],
      group: 'g',
      async handle({ records }) {
        handled.push(...records.map(({ value }) => value))
      },
    })
    const load = startLoad(log, topic)
    await load.untilAcknowledged(200)
    await sleep(Math.random() * 300)
    await kafka.nodes[0].kill()
    const problems: string[] = []
    const late = new Set<string>()
    await consume(open({ onError: (message) => problems.push(message) }), {
      topics: [topic],
      group: 'late',
      async handle({ records }) {
        for (const { value } of records) late.add(value)
      },
    })
    expect(problems.join()).toContain('tries again in')
    await kafka.nodes[0].start()
    await load.untilAcknowledged(200)
    const { acknowledged, tried } = await load.stop()
    const { values, offsets } = await readAll(log, topic)
    for (const ofPartition of offsets) expect(ofPartition).toEqual(ofPartition.map((_, n) => n))
    const counts = countEach(values)
    expect(acknowledged.filter((value) => counts.get(value) !== 1)).toEqual([])
    expect(values.filter((value) => !tried.has(value))).toEqual([])
    await expect.poll(() => new Set(handled).size, { timeout: 20_000 }).toBe(counts.size)
    // The consumer keeps what it had fetched: nobody else can have had its partitions.
    expect(handled.length).toBe(values.length)
    await expect.poll(() => late.size, { timeout: 20_000 }).toBe(counts.size)
  }, 90_000)

  test('a broker that hangs: publishes are rejected in time, and then all goes on', async () => {
    const log = open({ publishTimeoutMs: 2_000 })
    const topic = await makeTopic(log, 2)
    const handled = new Set<string>()
    await consume(log, {
      topics: [topic],
      group: 'g',
      async handle({ records }) {
        for (const { value } of records) handled.add(value)
      },
    })
    await log.publish([{ topic, records: [record('k', 'before')] }])
    await kafka.nodes[0].kill('SIGSTOP')
    const takenMs: number[] = []
    for (const until = performance.now() + 4_500; performance.now() < until; ) {
      const start = performance.now()
      await expect(log.publish([{ topic, records: [record('k', 'during')] }])).rejects.toMatchObject({
        code: 'log_unavailable',
        retryable: true,
      })
      takenMs.push(performance.now() - start)
    }
    await kafka.nodes[0].kill('SIGCONT')
    expect(Math.max(...takenMs)).toBeLessThan(3_500)
    await expect.poll(() => publishes(log, topic, 'after'), { timeout: 10_000 }).toBe(true)
    await expect.poll(() => handled.has('before') && handled.has('after'), { timeout: 20_000 }).toBe(true)
  }, 60_000)

  test('a process that is killed loses its partitions to another: nothing is lost or skipped', async () => {
    const log = open()
    const options = JSON.stringify({ brokers: kafka.brokers.split(','), sessionTimeoutMs: 2_000 })
    const { topic, records, handled, committed } = await killConsumer(log, options)
    const all = new Set(handled)
    await consume(log, {
      topics: [topic],
      group: 'g',
      async handle({ partition, records }) {
        expect(records[0]?.offset).toBeGreaterThanOrEqual(committed.get(partition) ?? 0)
        for (const { offset } of records) all.add(`${partition} ${offset}`)
      },
    })
    await expect.poll(() => all.size, { timeout: 15_000 }).toBe(records)
  }, 60_000)

  test('a third consumer joins under load: partitions that stay are handled without repetition or pause in common', async () => {
    const logs = [open(), open(), open()] as const
    const topic = await makeTopic(logs[0], 9)
    const handlings: { who: number; partition: number; offsets: number[]; from: number; to: number }[] = []
    const join = (who: number) =>
      consume(logs[who] as EventLog, {
        topics: [topic],
        group: 'g',
        maxRecords: 20,
        async handle({ partition, records }) {
          const from = performance.now()
          await sleep(20)
          const offsets = records.map(({ offset }) => offset)
          handlings.push({ who, partition, offsets, from, to: performance.now() })
        },
      })
    await Promise.all([join(0), join(1)])
    const load = startLoad(logs[0], topic)
    await sleep(1_500)
    const joined = performance.now()
    await join(2)
    await sleep(1_500)
    await load.stop()
    const total = (await logs[0].ranges(topic)).reduce((sum, { nextOffset }) => sum + nextOffset, 0)
    const seen = () =>
      new Set(handlings.flatMap(({ partition, offsets }) => offsets.map((n) => `${partition} ${n}`)))
    await expect.poll(() => seen().size, { timeout: 15_000 }).toBe(total)
    const ownersOf = (partition: number) => {
      const ours = handlings.filter((one) => one.partition === partition && one.to > joined - 500)
      return new Set(ours.map(({ who }) => who))
    }
    const moved = Array.from({ length: 9 }, (_, n) => n).filter((partition) => ownersOf(partition).size > 1)
    expect(moved.length).toBe(3)
    const late = handlings.filter(({ to }) => to > joined - 500)
    const stayed = late.filter(({ partition }) => !moved.includes(partition))
    expect(repeated(stayed)).toBe(0)
    expect(overlaps(stayed)).toBe(0)
    // Those that move: at most the batch that was under way.
    expect(repeated(late)).toBeLessThanOrEqual(3 * 20)
  }, 60_000)

  test('a handler may take longer than the session, and the group may grow meanwhile: nothing is handled twice', async () => {
    const log = open()
    const topic = await makeTopic(log, 2)
    const [first, second] = [latch(), latch()]
    const batches: LogBatch[] = []
    const join = (one: EventLog) =>
      consume(one, {
        topics: [topic],
        group: 'g',
        async handle(batch) {
          batches.push(batch)
          if (batches.length === 1) first.open()
          if (batches.length === 1) await second.opened
        },
      })
    await join(log)
    // Of the two partitions the first consumer would give away the second, were it not busy with it.
    const ofSecond = Array.from({ length: 100 }, (_, n) => `k${n}`).filter((key) => partitionOf(key, 2) === 1)
    await log.publish([{ topic, records: ofSecond.map((key) => record(key, 'v')) }])
    await first.opened
    await join(open())
    await sleep(5_000)
    second.open()
    await expect
      .poll(() => log.positions(topic, 'g'), { timeout: 15_000 })
      .toMatchObject([{ nextOffset: 0 }, { nextOffset: ofSecond.length }])
    expect(batches.flatMap(({ records }) => records)).toHaveLength(ofSecond.length)
  }, 30_000)

  test('a consumer that the group refuses says so, and tries again with growing pauses', async () => {
    const problems: string[] = []
    const log = open({
      sessionTimeoutMs: 60_000,
      onError: (message, error) => problems.push(`${message} ${error}`),
    })
    const topic = await makeTopic(log, 1)
    const consumer = await consume(log, { topics: [topic], group: 'g', handle: async () => undefined })
    await expect.poll(() => problems.length, { timeout: 10_000 }).toBeGreaterThan(2)
    await consumer.close()
    for (const [n, pauseMs] of [100, 200, 400].entries()) {
      expect(problems[n]).toContain(`group g tries again in ${pauseMs} ms`)
      expect(problems[n]).toContain('session timeout')
    }
  })

  test('a place that retention has deleted: the group goes on at the first kept record and says so', async () => {
    const problems: string[] = []
    const log = open({ onError: (message) => problems.push(message) })
    const topic = topicName()
    await log.ensureTopics([{ topic, partitions: 1, retentionHours: 5 / 3_600 }])
    const fiveRecords = { topic, records: Array.from({ length: 5 }, (_, n) => record('k', `${n}`)) }
    await log.publish([fiveRecords])
    await Promise.all(['full', 'empty'].map((group) => collect(log, { topics: [topic], group }, 5)))
    await log.publish([fiveRecords])
    await expect.poll(() => log.ranges(topic), { timeout: 15_000 }).toMatchObject([{ firstOffset: 10 }])
    const ends: PartitionEnd[] = []
    const idle = await consume(log, {
      topics: [topic],
      group: 'empty',
      handle: async () => undefined,
      endReached: async (end) => void ends.push(end),
    })
    await expect.poll(() => ends[0]?.nextOffset, { timeout: 10_000 }).toBe(10)
    await idle.close()
    expect(problems.join()).toContain('goes on at 10')
    await log.publish([{ topic, records: [record('k', 'new'), record('k', 'newer')] }])
    const rest = await collect(log, { topics: [topic], group: 'full' }, 2)
    expect(rest.map(({ value }) => value)).toEqual(['new', 'newer'])
    await expect.poll(() => log.positions(topic, 'empty')).toMatchObject([{ nextOffset: 10 }])
  }, 60_000)
})

interface Handling {
  readonly partition: number
  readonly offsets: readonly number[]
  readonly from: number
  readonly to: number
}

function repeated(handlings: readonly Handling[]): number {
  const all = handlings.flatMap(({ partition, offsets }) => offsets.map((n) => `${partition} ${n}`))
  return all.length - new Set(all).size
}

function overlaps(handlings: readonly Handling[]): number {
  return handlings.filter((one) =>
    handlings.some(
      (other) =>
        other !== one && other.partition === one.partition && other.from < one.to && other.to > one.from,
    ),
  ).length
}

async function publishes(log: EventLog, topic: string, value: string): Promise<boolean> {
  return log.publish([{ topic, records: [record('k', value)] }]).then(
    () => true,
    () => false,
  )
}
