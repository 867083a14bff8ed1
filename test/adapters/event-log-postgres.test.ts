import type { EventLog, LogBatch } from '@millrace/event-log/event-log'
import { createPostgresLog, type PostgresLogOptions } from '@millrace/event-log/postgres'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'
import { collect, describeEventLog, latch, makeTopic, record, topicName } from './event-log-suite.ts'
import { killConsumer } from './kill-consumer.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const createLog = (options: Partial<PostgresLogOptions> = {}) =>
  createPostgresLog({ connection: database.url, clientName: 'test', now: () => new Date(), ...options })

describeEventLog('Postgres', async () => createLog())

test('a publish to several topics is stored wholly or not at all', async () => {
  const log = open()
  const [one, two] = [await makeTopic(log, 2), await makeTopic(log, 2)]
  // The log remembers the topic; then its partitions vanish under it.
  await log.publish([{ topic: two, records: [record('k', 'v')] }])
  await database.pool.query('delete from pipeline.log_partition where topic = $1', [two])
  const records = Array.from({ length: 20 }, (_, n) => record(`k${n}`, 'v'))
  await expect(
    log.publish([
      { topic: one, records },
      { topic: two, records },
    ]),
  ).rejects.toMatchObject({ code: 'log_unavailable', retryable: true })
  expect((await log.ranges(one)).map(({ nextOffset }) => nextOffset)).toEqual([0, 0])
  expect((await chunks(one)).length).toBe(0)
})

test('publishes that wait for each other become one chunk a partition', async () => {
  const log = open()
  const topic = await makeTopic(log, 1)
  await Promise.all(
    Array.from({ length: 200 }, (_, n) => log.publish([{ topic, records: [record('k', `${n}`)] }])),
  )
  expect((await chunks(topic)).length).toBeLessThan(20)
  const seen = await collect(log, { topics: [topic], group: 'g' }, 200)
  expect(seen.map(({ value }) => value)).toEqual(Array.from({ length: 200 }, (_, n) => `${n}`))
})

test('a large publish is cut into chunks of bounded size', async () => {
  const log = open()
  const topic = await makeTopic(log, 1)
  await log.publish([{ topic, records: Array.from({ length: 30 }, () => record('k', 'x'.repeat(100_000))) }])
  const sizes = (await chunks(topic)).map(({ bytes }) => bytes)
  expect(Math.max(...sizes)).toBeLessThan(600_000)
  expect(sizes.length).toBeGreaterThanOrEqual(6)
})

test('zero bytes and broken surrogates do not hurt a batch', async () => {
  const log = open()
  const topic = await makeTopic(log, 1)
  const records = [record('k', 'a\0b\u0001a'), record('k', 'x\ud83d'), record('k', '\udc69y')]
  await log.publish([{ topic, records }])
  const seen = await collect(log, { topics: [topic], group: 'g' }, 3)
  expect(seen.map(({ value }) => value)).toEqual(['a\0b\u0001a', 'x\ufffd', '\ufffdy'])
})

test('a consumer whose connection is killed in the middle of a batch does not commit it; it comes again', async () => {
  const problems: string[] = []
  const log = open({ clientName: 'killed', onError: (message) => problems.push(message) })
  const topic = await makeTopic(log, 1)
  await log.publish([{ topic, records: Array.from({ length: 10 }, (_, n) => record('k', `${n}`)) }])
  const inHandler = latch()
  const mayReturn = latch()
  const batches: LogBatch[] = []
  let busy = 0
  let most = 0
  const consumer = await log.consume({
    topics: [topic],
    group: 'g',
    async handle(batch) {
      most = Math.max(most, ++busy)
      batches.push(batch)
      inHandler.open()
      if (batches.length === 1) await mayReturn.opened
      busy -= 1
    },
  })
  onTestFinished(() => consumer.close())
  await inHandler.opened
  await terminate('millrace killed')
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(batches.length).toBe(1)
  mayReturn.open()
  await expect.poll(() => batches.length, { timeout: 10_000 }).toBe(2)
  expect(batches[1]?.records).toEqual(batches[0]?.records)
  await expect.poll(() => log.positions(topic, 'g')).toMatchObject([{ nextOffset: 10 }])
  expect(most).toBe(1)
  expect(problems.join()).toContain('tries again')
})

test('another consumer takes the partitions of one whose connection is killed; nothing is lost or skipped', async () => {
  const logs = [open({ clientName: 'first' }), open({ clientName: 'second' })] as const
  const topic = await makeTopic(logs[0], 4)
  const seen = new Map<string, number>()
  for (const log of logs) {
    const consumer = await log.consume({
      topics: [topic],
      group: 'g',
      maxRecords: 7,
      async handle({ partition, records }) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        for (const { offset } of records) {
          seen.set(`${partition} ${offset}`, (seen.get(`${partition} ${offset}`) ?? 0) + 1)
        }
      },
    })
    onTestFinished(() => consumer.close())
  }
  for (let round = 0; round < 6; round++) {
    await logs[1].publish([{ topic, records: Array.from({ length: 200 }, (_, n) => record(`k${n}`, 'v')) }])
    await terminate(round % 2 === 0 ? 'millrace first' : 'millrace second', true)
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  await expect.poll(() => seen.size, { timeout: 20_000 }).toBe(1_200)
  const ranges = await logs[0].ranges(topic)
  await expect
    .poll(async () => (await logs[0].positions(topic, 'g')).map(({ nextOffset }) => nextOffset), {
      timeout: 10_000,
    })
    .toEqual(ranges.map(({ nextOffset }) => nextOffset))
  expect([...seen.values()].reduce((a, b) => a + b)).toBeLessThan(2_400)
})

test('a process that is killed frees its partitions at once, and what it had not committed comes again', async () => {
  const log = open()
  const { topic, records, handled, committed } = await killConsumer(log, database.url)
  const left = records - [...committed.values()].reduce((a, b) => a + b)
  const start = performance.now()
  const batches: LogBatch[] = []
  let count = 0
  const done = latch()
  const consumer = await log.consume({
    topics: [topic],
    group: 'g',
    async handle(batch) {
      batches.push(batch)
      count += batch.records.length
      if (count === left) done.open()
    },
  })
  onTestFinished(() => consumer.close())
  await done.opened
  expect(performance.now() - start).toBeLessThan(5_000)
  const all = new Set(handled)
  for (const { partition, records: again } of batches) {
    expect(again[0]?.offset).toBeGreaterThanOrEqual(committed.get(partition) ?? 0)
    for (const { offset } of again) all.add(`${partition} ${offset}`)
  }
  expect(all.size).toBe(records)
})

test('retention deletes what is old and read by every group, and nothing else', async () => {
  const log = open({ retentionEveryMs: 50 })
  const topic = await makeTopic(log, 1)
  const publish = (from: number) =>
    log.publish([{ topic, records: Array.from({ length: 10 }, (_, n) => record('k', `${from + n}`)) }])
  for (let n = 0; n < 5; n++) await publish(n * 10)
  await collect(log, { topics: [topic], group: 'fast' }, 50)
  await collect(log, { topics: [topic], group: 'slow', maxRecords: 1_000 }, 50)
  await database.pool.query(
    `update pipeline.log_position set next_offset = 25 where topic = $1 and group_name = 'slow'`,
    [topic],
  )
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await log.ranges(topic)).toMatchObject([{ firstOffset: 0, nextOffset: 50 }])
  await age(topic, 40)
  await expect.poll(() => log.ranges(topic)).toMatchObject([{ firstOffset: 20, nextOffset: 50 }])
  const rest = await collect(log, { topics: [topic], group: 'slow' }, 25)
  expect(rest.map(({ value }) => value)).toEqual(Array.from({ length: 25 }, (_, n) => `${25 + n}`))
  await expect.poll(() => log.ranges(topic)).toMatchObject([{ firstOffset: 40, nextOffset: 50 }])
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect((await chunks(topic)).map(({ first }) => first)).toEqual([40])
  const fresh = await collect(log, { topics: [topic], group: 'new' }, 10)
  expect(fresh.map(({ offset }) => offset)).toEqual(Array.from({ length: 10 }, (_, n) => 40 + n))
  await age(topic, 50)
  await expect.poll(() => log.ranges(topic)).toMatchObject([{ firstOffset: 50, nextOffset: 50 }])
  await publish(50)
  expect((await collect(log, { topics: [topic], group: 'fast' }, 10))[0]?.offset).toBe(50)
})

test('a publish is rejected soon when Postgres is away, and works again when it is back', async () => {
  const { log, proxy } = await openThroughProxy()
  const topic = await makeTopic(log, 1)
  for (const mode of ['cut', 'silent'] as const) {
    proxy.set(mode)
    const start = performance.now()
    await expect(log.publish([{ topic, records: [record('k', mode)] }])).rejects.toMatchObject({
      code: 'log_unavailable',
      retryable: true,
    })
    expect(performance.now() - start).toBeLessThan(2_500)
    proxy.set('open')
    await expect.poll(() => publishes(log, topic), { timeout: 10_000 }).toBe(true)
  }
})

test('publishes that queue behind one that hangs are rejected in time too', async () => {
  const log = open({ publishTimeoutMs: 500 })
  const topic = await makeTopic(log, 1)
  await log.publish([{ topic, records: [record('k', 'first')] }])
  const blocker = await database.pool.connect()
  await blocker.query('begin')
  await blocker.query('select from pipeline.log_partition where topic = $1 for update', [topic])
  const start = performance.now()
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, async (_, n) => {
      await new Promise((resolve) => setTimeout(resolve, n * 10))
      await log.publish([{ topic, records: [record('k', 'blocked')] }])
    }),
  )
  expect(performance.now() - start).toBeLessThan(1_500)
  expect(results.filter(({ status }) => status === 'rejected').length).toBe(20)
  await blocker.query('rollback')
  blocker.release()
  await expect.poll(() => publishes(log, topic), { timeout: 5_000 }).toBe(true)
})

test.each(['cut', 'silent'] as const)(
  'a consumer goes on when Postgres comes back (%s)',
  async (mode) => {
    const { log, proxy } = await openThroughProxy()
    const direct = open()
    const topic = await makeTopic(direct, 2)
    const seen = new Set<string>()
    proxy.set(mode)
    const consumer = await log.consume({
      topics: [topic],
      group: 'g',
      async handle({ records }) {
        for (const { value } of records) seen.add(value)
      },
    })
    onTestFinished(() => consumer.close())
    await direct.publish([{ topic, records: [record('a', '1'), record('b', '2')] }])
    proxy.set('open')
    await expect.poll(() => seen.size, { timeout: 10_000 }).toBe(2)
    proxy.set(mode)
    await direct.publish([{ topic, records: [record('a', '3'), record('b', '4')] }])
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(seen.size).toBe(2)
    proxy.set('open')
    await expect.poll(() => seen.size, { timeout: 15_000 }).toBe(4)
  },
  60_000,
)

test('a connection that breaks while idle disturbs nobody', async () => {
  const log = open({ clientName: 'idle' })
  const topic = await makeTopic(log, 1)
  await log.publish([{ topic, records: [record('k', '1')] }])
  await terminate('millrace idle')
  await new Promise((resolve) => setTimeout(resolve, 100))
  await log.publish([{ topic, records: [record('k', '2')] }])
  expect(await log.ranges(topic)).toMatchObject([{ nextOffset: 2 }])
})

test('each role may do its part and no more', async () => {
  const topic = topicName()
  const ingest = open({ role: 'millrace_ingest' })
  await ingest.ensureTopics([{ topic, partitions: 2, retentionHours: 24 }])
  await ingest.publish([{ topic, records: [record('k', 'v')] }])
  for (const role of ['millrace_archiver', 'millrace_loader']) {
    const reader = open({ role, retentionEveryMs: 20 })
    expect((await collect(reader, { topics: [topic], group: role }, 1))[0]?.value).toBe('v')
    expect(await reader.positions(topic, role)).toHaveLength(2)
    await expect(reader.publish([{ topic, records: [record('k', 'v')] }])).rejects.toThrow(
      'permission denied',
    )
  }
  const problems: unknown[] = []
  const thief = open({ role: 'millrace_ingest', onError: (_message, error) => problems.push(error) })
  const consumer = await thief.consume({ topics: [topic], group: 'thief', handle: async () => undefined })
  await consumer.close()
  expect(String(problems[0])).toContain('permission denied')
})

test('a name or a connection string that cannot work is refused with what was expected', async () => {
  const log = open()
  await expect(log.ensureTopics([{ topic: 'a b', partitions: 1, retentionHours: 1 }])).rejects.toThrow(
    'topic: expected',
  )
  await expect(log.consume({ topics: ['t'], group: '', handle: async () => undefined })).rejects.toThrow(
    'group: expected',
  )
  expect(() => createLog({ connection: 'host=localhost' })).toThrow('connection string: expected')
  expect(() => createLog({ role: 'x -c fsync=off' })).toThrow('role: expected')
})

function open(options: Partial<PostgresLogOptions> = {}): EventLog {
  const log = createLog(options)
  onTestFinished(() => log.close())
  return log
}

async function openThroughProxy(): Promise<{ log: EventLog; proxy: TcpProxy }> {
  const server = new URL(database.url)
  const proxy = await startTcpProxy({ host: server.hostname, port: Number(server.port) })
  onTestFinished(() => proxy.close())
  server.port = `${proxy.port}`
  return { log: open({ connection: server.href }), proxy }
}

async function publishes(log: EventLog, topic: string): Promise<boolean> {
  return log.publish([{ topic, records: [record('k', 'again')] }]).then(
    () => true,
    () => false,
  )
}

/** Kills the connections of this application name; consumers only: those that listen. */
async function terminate(applicationName: string, consumersOnly = false): Promise<void> {
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity a
     where datname = current_database() and application_name = $1
       and (not $2 or exists (select from pg_locks l where l.pid = a.pid and l.locktype = 'advisory'))`,
    [applicationName, consumersOnly],
  )
}

async function chunks(topic: string): Promise<readonly { first: number; bytes: number }[]> {
  const { rows } = await database.pool.query(
    `select first_offset::float8 as first, octet_length(body) as bytes
     from pipeline.log_chunk where topic = $1 order by 1`,
    [topic],
  )
  return rows
}

/** Makes the chunks below the offset look two days old. */
async function age(topic: string, below: number): Promise<void> {
  await database.pool.query(
    `update pipeline.log_chunk set appended_at = now() - interval '48 hours' where topic = $1 and last_offset < $2`,
    [topic, below],
  )
}
