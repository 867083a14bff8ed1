import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { EventLog } from '@millrace/event-log/event-log'
import { createKafkaLog, type KafkaLogOptions } from '@millrace/event-log/kafka'
import { createAdmin } from '@millrace/event-log/kafka/create-admin'
import { partitionOf } from '@millrace/event-log/partition-of'
import { expect, onTestFinished, test } from 'vitest'
import { describeWith, testKafka } from '../support/servers.ts'
import { collect, describeEventLog, latch, makeTopic, record } from './event-log-suite.ts'

/** Groups of other runs have the same names. */
const prefix = `${randomBytes(4).toString('hex')}.`

await describeWith(testKafka, 'Kafka', ({ brokers }) => {
  const createLog = (options: Partial<KafkaLogOptions> = {}) =>
    createKafkaLog({
      brokers: brokers.split(','),
      clientName: 'test',
      prefix,
      publishTimeoutMs: 10_000,
      now: () => new Date(),
      ...options,
    })

  describeEventLog('Kafka', async () => createLog())

  function open(options: Partial<KafkaLogOptions> = {}): EventLog {
    const log = createLog(options)
    onTestFinished(() => log.close())
    return log
  }

  test('the log is the same for each client of it, another one with another prefix', async () => {
    const identity = await open().identity()
    expect(identity).toMatch(/^[A-Za-z0-9._-]{1,100}$/)
    expect(await open().identity()).toBe(identity)
    for (const other of ['', 'x.', 'y'.repeat(80)]) {
      const theirs = await open({ prefix: other }).identity()
      expect(theirs).toMatch(/^[A-Za-z0-9._-]{1,100}$/)
      expect(theirs).not.toBe(identity)
    }
  })

  test('who has another prefix sees other topics of the same name', async () => {
    const topic = await makeTopic(open(), 2)
    await open().publish([{ topic, records: [record('k', 'ours')] }])
    const other = open({ prefix: `other.${prefix}` })
    expect(await other.ranges(topic)).toEqual([])
    await other.ensureTopics([{ topic, partitions: 1, retentionHours: 1 }])
    expect(await other.ranges(topic)).toMatchObject([{ nextOffset: 0 }])
  })

  test('a topic that was deleted hides no other', async () => {
    const log = open()
    const [deleted, kept] = [await makeTopic(log, 1), await makeTopic(log, 2)]
    await log.publish([{ topic: kept, records: [record('k', 'v')] }])
    const rangesOf = async (topic: string) => (await log.ranges(topic)).length
    expect(await Promise.all([deleted, kept].map(rangesOf))).toEqual([1, 2])
    const admin = createAdmin({ brokers: brokers.split(','), clientId: 'test' }, 5_000)
    onTestFinished(() => admin.close())
    await admin.ask((kafka) => kafka.deleteTopics({ topics: [`${prefix}${deleted}`] }))
    await expect.poll(() => rangesOf(deleted), { timeout: 10_000 }).toBe(0)
    expect(await rangesOf(kept)).toBe(2)
    expect(await log.positions(kept, 'g')).toEqual([])
    const seen = await collect(log, { topics: [kept], group: 'g' }, 1)
    expect(seen.map(({ value }) => value)).toEqual(['v'])
  })

  test('a key is in the partition that every adapter puts it in', async () => {
    const log = open()
    const topic = await makeTopic(log, 5)
    const keys = Array.from({ length: 50 }, (_, n) => `person-ü-${n}`)
    await log.publish([{ topic, records: keys.map((key) => record(key, 'v')) }])
    const expected = [0, 1, 2, 3, 4].map((partition) => ({
      partition,
      firstOffset: 0,
      nextOffset: keys.filter((key) => partitionOf(key, 5) === partition).length,
    }))
    expect(await log.ranges(topic)).toEqual(expected)
  })

  test.each(['gzip', 'none'] as const)(
    'a publish of many megabytes goes through in parts (%s)',
    async (compression) => {
      const log = open({ compression })
      const topic = await makeTopic(log, 1)
      const records = Array.from({ length: 60 }, (_, n) =>
        record('k', `${n} ${randomBytes(100_000).toString('hex')}`),
      )
      await log.publish([{ topic, records }])
      const seen = await collect(log, { topics: [topic], group: 'g' }, 60)
      expect(seen.map(({ value }) => value)).toEqual(records.map(({ value }) => value))
    },
  )

  test('a record that its topic does not take is refused as what it is, and spoils nothing', async () => {
    const log = open()
    const topic = await makeTopic(log, 1)
    const large = log.publish([{ topic, records: [record('k', 'x'.repeat(3_000_000))] }])
    const small = log.publish([{ topic, records: [record('k', 'v')] }])
    await expect(large).rejects.toMatchObject({ code: 'config_invalid', retryable: false })
    await small
    expect(await log.ranges(topic)).toMatchObject([{ nextOffset: 1 }])
  })

  test('publishes that wait share a send, and more than may wait is refused', async () => {
    const log = open()
    const topic = await makeTopic(log, 1)
    const megabyte = 'x'.repeat(1_000_000)
    const results = await Promise.allSettled(
      Array.from({ length: 100 }, () => log.publish([{ topic, records: [record('k', megabyte)] }])),
    )
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused.length).toBeGreaterThan(20)
    expect(refused[0]?.reason).toMatchObject({ code: 'log_unavailable', retryable: true })
    await log.publish([{ topic, records: [record('k', 'v')] }])
  })

  test('slow handlers fill a bounded buffer, and nothing is lost when they go on', async () => {
    const log = open()
    const topic = await makeTopic(log, 2)
    const value = randomBytes(5_000).toString('hex')
    for (let n = 0; n < 6; n++) {
      await log.publish([{ topic, records: Array.from({ length: 200 }, (_, m) => record(`k${m}`, value)) }])
    }
    const gate = latch()
    const offsets = new Map<number, number[]>()
    const consumer = await log.consume({
      topics: [topic],
      group: 'g',
      maxRecords: 50,
      async handle({ partition, records }) {
        await gate.opened
        offsets.set(partition, [...(offsets.get(partition) ?? []), ...records.map(({ offset }) => offset)])
      },
    })
    onTestFinished(() => consumer.close())
    await new Promise((resolve) => setTimeout(resolve, 500))
    gate.open()
    const count = () => [...offsets.values()].flat().length
    await expect.poll(count, { timeout: 10_000 }).toBe(1_200)
    for (const ofPartition of offsets.values()) expect(ofPartition).toEqual(ofPartition.map((_, n) => n))
  })

  test('names that Kafka cannot have are refused with what was expected', async () => {
    const log = open({ prefix: 'p'.repeat(80) })
    const ensure = (topic: string) => log.ensureTopics([{ topic, partitions: 1, retentionHours: 1 }])
    await expect(ensure('a b')).rejects.toThrow('topic: expected')
    await expect(ensure('x'.repeat(170))).rejects.toThrow('with KAFKA_PREFIX expected')
    await expect(log.consume({ topics: ['t'], group: '', handle: async () => undefined })).rejects.toThrow(
      'group: expected',
    )
  })

  test('a broker that takes connections and says nothing: the others are asked', async () => {
    const silent = createServer()
    const peers = new Set<Socket>()
    silent.on('connection', (peer) => peers.add(peer.on('error', () => undefined)))
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => {
      for (const peer of peers) peer.destroy()
      silent.close()
    })
    const topic = await makeTopic(open(), 1)
    const { port } = silent.address() as AddressInfo
    const log = open({ brokers: [`127.0.0.1:${port}`, ...brokers.split(',')], publishTimeoutMs: 2_000 })
    const published = log.publish([{ topic, records: [record('k', 'v')] }])
    await expect(published).rejects.toMatchObject({ code: 'log_unavailable', retryable: true })
    const publishes = () =>
      log.publish([{ topic, records: [record('k', 'v')] }]).then(
        () => true,
        () => false,
      )
    await expect.poll(publishes, { timeout: 20_000 }).toBe(true)
    const seen = await collect(log, { topics: [topic], group: 'g' }, 1)
    expect(seen[0]).toMatchObject({ value: 'v' })
  }, 60_000)

  test('a client of brokers that are not there says so in time', async () => {
    const log = open({ brokers: ['127.0.0.1:1'], publishTimeoutMs: 700 })
    const start = performance.now()
    await expect(log.publish([{ topic: 't', records: [record('k', 'v')] }])).rejects.toMatchObject({
      code: 'log_unavailable',
    })
    expect(performance.now() - start).toBeLessThan(2_000)
    await expect(log.ranges('t')).rejects.toMatchObject({ code: 'log_unavailable' })
  })
})
