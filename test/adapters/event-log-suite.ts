import { randomBytes } from 'node:crypto'
import type {
  ConsumeOptions,
  EventLog,
  LogBatch,
  LogRecord,
  PartitionEnd,
  StoredRecord,
} from '@millrace/event-log/event-log'
import { expect, onTestFinished, test } from 'vitest'

/** What the suite needs of an adapter: each call opens another client of the same log. */
export type OpenEventLog = () => Promise<EventLog>

/** The promises of the port, on a real server. Every adapter passes it. */
export function describeEventLog(name: string, openLog: OpenEventLog): void {
  const open = async (): Promise<EventLog> => {
    const log = await openLog()
    onTestFinished(() => log.close())
    return log
  }

  test(`${name}: what was published is delivered as it was, with its headers`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 3)
    const records: LogRecord[] = [
      { key: 'a', value: '{"n":1}', headers: { traceparent: '00-1', 'x-ü': 'ß' } },
      { key: 'b', value: 'line\nline\r\n\ttab "quoted" \\ back' },
      { key: 'ключ', value: '👩‍👩‍👧 日本語 \u2028 \u0001' },
      { key: 'd', value: '' },
      { key: 'e', value: 'x'.repeat(256 * 1024) },
    ]
    await log.publish([{ topic, records }])
    const seen = await collect(log, { topics: [topic], group: 'g' }, records.length)
    const withoutOffsets = seen.map(({ offset: _offset, ...record }) => record)
    expect(withoutOffsets).toHaveLength(records.length)
    expect(withoutOffsets).toEqual(expect.arrayContaining(records))
  })

  test(`${name}: records of one key keep their order, and one partition`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 4)
    for (let round = 0; round < 20; round++) {
      const records = Array.from({ length: 50 }, (_, n) => record(`key-${n % 10}`, `${round}.${n}`))
      await log.publish([{ topic, records }])
    }
    const batches: LogBatch[] = []
    await consumeUntil(log, { topics: [topic], group: 'g' }, batches, 1_000)
    const partitionsByKey = new Map<string, Set<number>>()
    const valuesByKey = new Map<string, number[]>()
    for (const { partition, records } of batches) {
      for (const { key, value } of records) {
        partitionsByKey.set(key, (partitionsByKey.get(key) ?? new Set()).add(partition))
        const [round, n] = value.split('.').map(Number)
        valuesByKey.set(key, [...(valuesByKey.get(key) ?? []), (round ?? 0) * 50 + (n ?? 0)])
      }
    }
    expect([...partitionsByKey.values()].map(({ size }) => size)).toEqual(Array(10).fill(1))
    for (const values of valuesByKey.values()) expect(values).toEqual([...values].sort((a, b) => a - b))
  })

  test(`${name}: offsets have no gaps, also when many publish at once from two clients`, async () => {
    const logs = [await open(), await open()]
    const topic = await makeTopic(logs[0] as EventLog, 3)
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        (logs[n % 2] as EventLog).publish([
          { topic, records: Array.from({ length: 1 + (n % 17) }, (_, m) => record(`k${m}`, `${n}.${m}`)) },
        ]),
      ),
    )
    const total = Array.from({ length: 60 }, (_, n) => 1 + (n % 17)).reduce((a, b) => a + b)
    const batches: LogBatch[] = []
    await consumeUntil(logs[1] as EventLog, { topics: [topic], group: 'g' }, batches, total)
    for (const partition of [0, 1, 2]) {
      const offsets = offsetsOf(batches, partition)
      expect(offsets).toEqual(offsets.map((_, n) => n))
    }
    const values = batches.flatMap(({ records }) => records.map(({ value }) => value))
    expect(new Set(values).size).toBe(total)
  })

  test(`${name}: ten thousand records at once are stored once each`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 4)
    const records = Array.from({ length: 10_000 }, (_, n) => record(`k${n}`, `{"n":${n}}`))
    await log.publish([{ topic, records }])
    const seen = await collect(log, { topics: [topic], group: 'g', maxRecords: 700 }, 10_000)
    expect(new Set(seen.map(({ value }) => value)).size).toBe(10_000)
    const ranges = await log.ranges(topic)
    expect(ranges.reduce((sum, { nextOffset }) => sum + nextOffset, 0)).toBe(10_000)
    await expect
      .poll(async () =>
        (await log.positions(topic, 'g')).map(({ partition, nextOffset }) => ({ partition, nextOffset })),
      )
      .toEqual(ranges.map(({ partition, nextOffset }) => ({ partition, nextOffset })))
  })

  test(`${name}: a publish to a topic that does not exist is rejected`, async () => {
    const log = await open()
    await expect(log.publish([{ topic: topicName(), records: [record('k', 'v')] }])).rejects.toThrow()
  })

  test(`${name}: a topic that exists is left as it is`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 3)
    await log.ensureTopics([{ topic, partitions: 5, retentionHours: 1 }])
    expect((await log.ranges(topic)).map(({ partition }) => partition)).toEqual([0, 1, 2])
  })

  test(`${name}: says how long a record stays at most`, async () => {
    const log = await open()
    const topic = topicName()
    await log.ensureTopics([{ topic, partitions: 1, retentionHours: 3 }])
    expect(await log.keptFor(topic)).toBeGreaterThanOrEqual(3 * 3_600_000)
  })

  test(`${name}: a batch whose handler failed comes again, and the other partitions go on`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 4)
    await log.publish([{ topic, records: Array.from({ length: 40 }, (_, n) => record(`k${n}`, `${n}`)) }])
    const failing = partitionWithRecords(await log.ranges(topic))
    const tries: (readonly StoredRecord[])[] = []
    const others: LogBatch[] = []
    await consume(log, {
      topics: [topic],
      group: 'g',
      concurrency: 1,
      async handle(batch) {
        if (batch.partition !== failing) others.push(batch)
        else if (tries.push(batch.records) < 3) throw new Error('not now')
      },
    })
    await expect.poll(() => tries.length, { timeout: 10_000 }).toBe(3)
    expect(tries[1]).toEqual(tries[0])
    expect(tries[2]).toEqual(tries[0])
    expect(others.flatMap(({ records }) => records).length + (tries[0]?.length ?? 0)).toBe(40)
  })

  test(`${name}: a group goes on where it stopped, another group begins at the first record`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 2)
    await log.publish([{ topic, records: [record('a', '1'), record('b', '2'), record('c', '3')] }])
    expect(values(await collect(log, { topics: [topic], group: 'one' }, 3))).toEqual(['1', '2', '3'])
    await log.publish([{ topic, records: [record('d', '4')] }])
    const again = await open()
    expect(values(await collect(again, { topics: [topic], group: 'one' }, 1))).toEqual(['4'])
    expect(values(await collect(again, { topics: [topic], group: 'two' }, 4))).toEqual(['1', '2', '3', '4'])
  })

  test(`${name}: parts of partitions are read in order, also beside a group, whose position stays`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 2)
    const records = Array.from({ length: 400 }, (_, n) => record(`key-${n % 20}`, `${n}`))
    for (let n = 0; n < 4; n++) await log.publish([{ topic, records: records.slice(n * 100, n * 100 + 100) }])
    await collect(log, { topics: [topic], group: 'g' }, records.length)
    const positions = await log.positions(topic, 'g')
    const held = await log.ranges(topic)
    const read = async (parts: readonly (readonly [number, number, number])[]): Promise<string[]> => {
      const found: string[] = []
      const ranges = parts.map(([partition, firstOffset, nextOffset]) => ({
        ...{ topic, partition, firstOffset, nextOffset },
      }))
      await log.read(ranges, ({ partition }, some) => {
        for (const { offset } of some) found.push(`${partition} ${offset}`)
      })
      return found.sort()
    }
    const offsets = (partition: number, from: number, to: number): string[] =>
      Array.from({ length: to - from }, (_, n) => `${partition} ${from + n}`)
    const [first, second] = held.map(({ nextOffset }) => nextOffset) as [number, number]
    expect(
      await read([
        [0, 0, first],
        [1, 0, second],
      ]),
    ).toEqual([...offsets(0, 0, first), ...offsets(1, 0, second)].sort())
    expect(
      await read([
        [0, 3, 5],
        [0, 50, 52],
        [1, second - 2, second + 1_000],
      ]),
    ).toEqual([...offsets(0, 3, 5), ...offsets(0, 50, 52), ...offsets(1, second - 2, second)].sort())
    expect(
      await read([
        [0, first + 5, first + 9],
        [7, 0, 3],
      ]),
    ).toEqual([])
    expect(await log.positions(topic, 'g')).toEqual(positions)
  })

  test(`${name}: one partition is handled by one at a time, several partitions at once`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 4)
    await log.publish([{ topic, records: Array.from({ length: 80 }, (_, n) => record(`k${n}`, `${n}`)) }])
    const busy = new Set<number>()
    let most = 0
    let overlapped = false
    let handled = 0
    await consume(log, {
      topics: [topic],
      group: 'g',
      maxRecords: 5,
      concurrency: 3,
      async handle({ partition, records }) {
        overlapped ||= busy.has(partition)
        busy.add(partition)
        most = Math.max(most, busy.size)
        await new Promise((resolve) => setTimeout(resolve, 20))
        busy.delete(partition)
        handled += records.length
      },
    })
    await expect.poll(() => handled, { timeout: 10_000 }).toBe(80)
    expect(overlapped).toBe(false)
    expect(most).toBe(3)
  })

  test(`${name}: consumers of a group share the partitions and take over from one that leaves`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 6)
    const owners = new Map<number, string>()
    const join = async (who: string) =>
      consume(await open(), {
        topics: [topic],
        group: 'g',
        async handle({ partition }) {
          owners.set(partition, who)
        },
      })
    const sizes = async (): Promise<readonly number[]> => {
      owners.clear()
      await log.publish([{ topic, records: Array.from({ length: 60 }, (_, n) => record(`k${n}`, `${n}`)) }])
      await new Promise((resolve) => setTimeout(resolve, 300))
      const counts = new Map<string, number>()
      for (const who of owners.values()) counts.set(who, (counts.get(who) ?? 0) + 1)
      return [...counts.values()].sort((a, b) => b - a)
    }
    const first = await join('first')
    await expect.poll(sizes, { timeout: 10_000 }).toEqual([6])
    await join('second')
    await expect.poll(sizes, { timeout: 20_000 }).toEqual([3, 3])
    await join('third')
    await expect.poll(sizes, { timeout: 20_000 }).toEqual([2, 2, 2])
    await first.close()
    await expect.poll(sizes, { timeout: 20_000 }).toEqual([3, 3])
    expect([...owners.values()]).not.toContain('first')
  }, 90_000)

  test(`${name}: what one consumer had handled another does not handle again`, async () => {
    const logs = [await open(), await open()]
    const topic = await makeTopic(logs[0] as EventLog, 4)
    const seen: string[] = []
    const options = {
      topics: [topic],
      group: 'g',
      maxRecords: 10,
      async handle({ records }: LogBatch) {
        seen.push(...records.map(({ value }) => value))
      },
    }
    const publish = (from: number) =>
      (logs[0] as EventLog).publish([
        { topic, records: Array.from({ length: 200 }, (_, n) => record(`k${n}`, `${from + n}`)) },
      ])
    const leaving = await consume(logs[0] as EventLog, options)
    await publish(0)
    await consume(logs[1] as EventLog, options)
    await publish(200)
    await leaving.close()
    await publish(400)
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(600)
    expect(new Set(seen).size).toBe(600)
  })

  test(`${name}: close waits for the handler under way, and its batch is committed`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 1)
    await log.publish([{ topic, records: [record('k', 'v')] }])
    let returned = false
    const started = latch()
    const consumer = await log.consume({
      topics: [topic],
      group: 'g',
      async handle() {
        started.open()
        await new Promise((resolve) => setTimeout(resolve, 300))
        returned = true
      },
    })
    await started.opened
    await consumer.close()
    expect(returned).toBe(true)
    expect(await log.positions(topic, 'g')).toEqual([expect.objectContaining({ nextOffset: 1 })])
  })

  test(`${name}: minRecords makes batches wait for company, but not longer than maxWaitMs`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 1)
    const batches: { at: number; count: number }[] = []
    await consume(log, {
      topics: [topic],
      group: 'g',
      minRecords: 100,
      maxWaitMs: 1_500,
      async handle({ records }) {
        batches.push({ at: performance.now(), count: records.length })
      },
    })
    const start = performance.now()
    await log.publish([{ topic, records: [record('k', '1')] }])
    await new Promise((resolve) => setTimeout(resolve, 300))
    await log.publish([{ topic, records: [record('k', '2')] }])
    await expect.poll(() => batches.length, { timeout: 10_000 }).toBe(1)
    expect(batches[0]?.count).toBe(2)
    expect((batches[0]?.at ?? 0) - start).toBeGreaterThan(1_300)
    const full = performance.now()
    await log.publish([{ topic, records: Array.from({ length: 120 }, () => record('k', 'v')) }])
    await expect.poll(() => batches.length, { timeout: 10_000 }).toBe(2)
    expect(batches[1]?.count).toBe(120)
    expect((batches[1]?.at ?? 0) - full).toBeLessThan(1_300)
  })

  test(`${name}: a batch has at most maxRecords`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 1)
    await log.publish([{ topic, records: Array.from({ length: 95 }, (_, n) => record('k', `${n}`)) }])
    const batches: LogBatch[] = []
    await consumeUntil(log, { topics: [topic], group: 'g', maxRecords: 10 }, batches, 95)
    expect(batches.map(({ records }) => records.length)).toEqual([...Array(9).fill(10), 5])
    expect(offsetsOf(batches, 0)).toEqual(Array.from({ length: 95 }, (_, n) => n))
  })

  test(`${name}: a batch has about maxBytes at most, but always a record`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 1)
    for (let n = 0; n < 6; n++) {
      await log.publish([{ topic, records: [record('k', 'x'.repeat(100_000))] }])
    }
    const batches: LogBatch[] = []
    await consumeUntil(log, { topics: [topic], group: 'g', maxBytes: 250_000 }, batches, 6)
    expect(batches.length).toBeGreaterThanOrEqual(2)
    expect(Math.max(...batches.map(({ records }) => records.length))).toBeLessThanOrEqual(3)
    const small: LogBatch[] = []
    await consumeUntil(log, { topics: [topic], group: 'small', maxBytes: 10 }, small, 6)
    expect(offsetsOf(small, 0)).toEqual([0, 1, 2, 3, 4, 5])
  })

  test(`${name}: the end is told when everything was handled, with a time before it was asked, and again while idle`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 1)
    const ends: PartitionEnd[] = []
    let handled = 0
    let early = false
    await log.publish([{ topic, records: Array.from({ length: 30 }, (_, n) => record('k', `${n}`)) }])
    const before = Date.now()
    await consume(log, {
      topics: [topic],
      group: 'g',
      maxRecords: 10,
      async handle({ records }) {
        await new Promise((resolve) => setTimeout(resolve, 30))
        handled += records.length
      },
      async endReached(end) {
        early ||= handled < end.nextOffset
        expect(end.checkedAt.getTime()).toBeLessThanOrEqual(Date.now())
        ends.push(end)
      },
    })
    await expect.poll(() => ends.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(3)
    expect(early).toBe(false)
    expect(ends[0]).toMatchObject({ topic, partition: 0, nextOffset: 30 })
    expect(ends[0]?.checkedAt.getTime()).toBeGreaterThanOrEqual(before)
    const times = ends.map(({ checkedAt }) => checkedAt.getTime())
    expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(500)
    await log.publish([{ topic, records: [record('k', 'more')] }])
    await expect.poll(() => ends.at(-1)?.nextOffset, { timeout: 10_000 }).toBe(31)
    expect(early).toBe(false)
  })

  test(`${name}: a rejected endReached changes nothing`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 1)
    let told = 0
    let handled = 0
    await consume(log, {
      topics: [topic],
      group: 'g',
      async handle({ records }) {
        handled += records.length
      },
      async endReached() {
        told += 1
        throw new Error('not interested')
      },
    })
    await expect.poll(() => told, { timeout: 10_000 }).toBeGreaterThan(0)
    await log.publish([{ topic, records: [record('k', 'v')] }])
    await expect.poll(() => handled, { timeout: 10_000 }).toBe(1)
  })

  test(`${name}: a new record reaches an idle consumer soon`, async () => {
    const log = await open()
    const topic = await makeTopic(log, 2)
    let arrived = 0
    await consume(log, {
      topics: [topic],
      group: 'g',
      async handle() {
        arrived = performance.now()
      },
    })
    const waits: number[] = []
    for (let n = 0; n < 9; n++) {
      await new Promise((resolve) => setTimeout(resolve, 150))
      const start = performance.now()
      arrived = 0
      await log.publish([{ topic, records: [record(`k${n}`, 'v')] }])
      await expect.poll(() => arrived, { timeout: 10_000, interval: 5 }).toBeGreaterThan(0)
      waits.push(arrived - start)
    }
    expect(waits.sort((a, b) => a - b)[4]).toBeLessThan(200)
  })

  test(`${name}: a consumer gets the records of a topic that is made later`, async () => {
    const log = await open()
    const topic = topicName()
    const seen: LogBatch[] = []
    await consume(log, {
      topics: [topic],
      group: 'g',
      async handle(batch) {
        seen.push(batch)
      },
    })
    await log.ensureTopics([{ topic, partitions: 2, retentionHours: 24 }])
    await log.publish([{ topic, records: [record('k', 'v')] }])
    await expect.poll(() => seen.length, { timeout: 15_000 }).toBe(1)
  })

  test(`${name}: a closed log refuses to publish and to consume`, async () => {
    const log = await openLog()
    const topic = await makeTopic(log, 1)
    await log.close()
    await expect(log.publish([{ topic, records: [record('k', 'v')] }])).rejects.toMatchObject({
      code: 'log_unavailable',
    })
    await expect(
      log.consume({ topics: [topic], group: 'g', handle: async () => undefined }),
    ).rejects.toMatchObject({
      code: 'log_unavailable',
    })
  })
}

export const record = (key: string, value: string): LogRecord => ({ key, value })

export const topicName = (): string => `test.${randomBytes(6).toString('hex')}`

export async function makeTopic(log: EventLog, partitions: number): Promise<string> {
  const topic = topicName()
  await log.ensureTopics([{ topic, partitions, retentionHours: 24 }])
  return topic
}

/** Consumes until the test ends. */
async function consume(log: EventLog, options: ConsumeOptions): Promise<{ close(): Promise<void> }> {
  const consumer = await log.consume(options)
  onTestFinished(() => consumer.close())
  return consumer
}

/** Consumes until so many records have come, then closes; batches arrive in the given list. */
async function consumeUntil(
  log: EventLog,
  options: Omit<ConsumeOptions, 'handle'>,
  batches: LogBatch[],
  count: number,
): Promise<void> {
  const done = latch()
  let seen = 0
  const consumer = await log.consume({
    ...options,
    async handle(batch) {
      batches.push(batch)
      seen += batch.records.length
      if (seen >= count) done.open()
    },
  })
  await done.opened
  await consumer.close()
}

export async function collect(
  log: EventLog,
  options: Omit<ConsumeOptions, 'handle'>,
  count: number,
): Promise<StoredRecord[]> {
  const batches: LogBatch[] = []
  await consumeUntil(log, options, batches, count)
  return batches.flatMap(({ records }) => records)
}

function values(records: readonly LogRecord[]): readonly string[] {
  return records.map(({ value }) => value).sort()
}

function offsetsOf(batches: readonly LogBatch[], partition: number): readonly number[] {
  return batches
    .filter((batch) => batch.partition === partition)
    .flatMap(({ records }) => records.map(({ offset }) => offset))
}

function partitionWithRecords(ranges: readonly { partition: number; nextOffset: number }[]): number {
  return ranges.find(({ nextOffset }) => nextOffset > 0)?.partition ?? 0
}

export function latch(): { open(): void; readonly opened: Promise<void> } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), opened }
}
