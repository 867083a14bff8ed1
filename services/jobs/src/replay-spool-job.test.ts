import { addToSpool, listSpool } from '@millrace/archive/spool'
import { Fault } from '@millrace/contracts/fault'
import type { TopicRecords } from '@millrace/event-log/event-log'
import type { JobData } from '@millrace/job-queue/job-queue'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { expect, test } from 'vitest'
import { openFolderArchive } from '../../../test/support/open-folder-archive.ts'
import { createReplaySpoolJob } from './replay-spool-job.ts'

const NOW = new Date('2026-11-21T12:00:00.000Z')

async function start() {
  const { archive } = await openFolderArchive()
  const published: string[] = []
  const log = {
    published,
    publishes: 0,
    /** How many publishes it takes before it is away. */
    takes: Number.POSITIVE_INFINITY,
    async publish(batches: readonly TopicRecords[]) {
      if (log.publishes >= log.takes) throw new Fault('log_unavailable', 'away')
      log.publishes += 1
      for (const { topic, records } of batches)
        published.push(...records.map(({ value }) => `${topic} ${value}`))
    },
  }
  const lines: string[] = []
  const logger = createLogger({ service: 'test', level: 'silent' })
  logger.error = (...given: unknown[]) => void lines.push(JSON.stringify(given))
  const registry = createServiceMetrics()
  const job = createReplaySpoolJob({ log, archive, logger, registry, now: () => NOW })
  const run = (signal = new AbortController().signal): Promise<JobData> =>
    job.run({ id: '1', name: job.name, data: {}, attempt: 1, progress: async () => {}, signal })
  return {
    ...{ archive, log, lines, run },
    spool: (secondsAgo: number, ...values: string[]) =>
      addToSpool(
        archive,
        [{ topic: 'events.v1', records: values.map((value) => ({ key: 'k', value })) }],
        new Date(NOW.getTime() - secondsAgo * 1_000),
      ),
    async keys() {
      const keys: string[] = []
      for await (const key of listSpool(archive)) keys.push(key)
      return keys
    },
    gauge: async (name: string) => (await registry.getSingleMetric(name)?.get())?.values[0]?.value,
  }
}

test('what was spooled is published, the oldest first, and taken away', async () => {
  const { spool, run, log, keys, gauge } = await start()
  await spool(10, 'c')
  await spool(30, 'a', 'b')
  expect(await run()).toEqual({ replayed: 2, records: 3, setAside: 0, failed: 0, left: 0 })
  expect(log.published).toEqual(['events.v1 a', 'events.v1 b', 'events.v1 c'])
  expect(await keys()).toEqual([])
  expect(await gauge('millrace_spool_objects')).toBe(0)
  expect(await run()).toMatchObject({ replayed: 0 })
})

test('it stops when the log is away, and goes on where it was', async () => {
  const { spool, run, log, keys, gauge } = await start()
  for (const [ago, value] of [
    [30, 'a'],
    [20, 'b'],
    [10, 'c'],
  ] as const)
    await spool(ago, value)
  log.takes = 0
  expect(await run()).toMatchObject({ replayed: 0, left: 3, stopped: 'away' })
  expect(await gauge('millrace_spool_objects')).toBe(3)
  expect(await gauge('millrace_spool_oldest_age_seconds')).toBe(30)
  log.takes = 1
  expect(await run()).toMatchObject({ replayed: 1, left: 2, stopped: 'away' })
  log.takes = 3
  expect(await run()).toMatchObject({ replayed: 2, left: 0 })
  expect(log.published).toEqual(['events.v1 a', 'events.v1 b', 'events.v1 c'])
  expect(await keys()).toEqual([])
})

test('what it could publish but not take away comes again: nothing is lost', async () => {
  const { spool, run, log, archive } = await start()
  await spool(10, 'a')
  const remove = archive.delete
  archive.delete = async () => {
    throw new Fault('archive_unavailable', 'killed')
  }
  await run()
  archive.delete = remove
  await run()
  expect(log.published).toEqual(['events.v1 a', 'events.v1 a'])
})

test('a large object goes in publishes of bounded size, in order', async () => {
  const { spool, run, log } = await start()
  const values = Array.from({ length: 40 }, (_, n) => `${n} ${'x'.repeat(100_000)}`)
  await spool(10, ...values)
  await run()
  expect(log.published).toEqual(values.map((value) => `events.v1 ${value}`))
  expect(log.publishes).toBe(4)
})

test('a broken object is moved aside and told of; the others are published', async () => {
  const { spool, run, log, archive, keys, lines } = await start()
  const name = '20261121T110000000Z-0000000000000000.ndjson.gz'
  await archive.putIfAbsent(`spool/${name}`, Buffer.from('jane.doe@example.com'), {})
  await spool(10, 'a')
  expect(await run()).toMatchObject({ replayed: 1, setAside: 1, left: 0 })
  expect(log.published).toEqual(['events.v1 a'])
  expect(await keys()).toEqual([])
  expect(Buffer.from((await archive.get(`spool-broken/${name}`))?.body ?? []).toString()).toContain('jane')
  expect(lines).toEqual([expect.stringContaining(name)])
  expect(lines.join()).not.toContain('jane')
})

test('an object that cannot be had stays, is told of once, and holds up no other', async () => {
  const { spool, run, log, archive, keys, lines, gauge } = await start()
  const stuck = await spool(30, 'a')
  await spool(20, 'b')
  const get = archive.get
  archive.get = async (key) => {
    if (key === stuck) throw new Fault('archive_unavailable', 'its body is not what was stored')
    return get(key)
  }
  expect(await run()).toMatchObject({ replayed: 1, failed: 1, left: 1 })
  expect(await gauge('millrace_spool_objects')).toBe(1)
  await run()
  expect(log.published).toEqual(['events.v1 b'])
  expect(await keys()).toEqual([stuck])
  expect(lines).toHaveLength(1)
  archive.get = get
  expect(await run()).toMatchObject({ replayed: 1, left: 0 })
})

test('however many objects cannot be had, what was spooled after them is published', async () => {
  const { spool, run, log, archive, keys, lines, gauge } = await start()
  const stuck: string[] = []
  for (const ago of [34, 33, 32, 31]) stuck.push(await spool(ago, 'a'))
  await spool(20, 'b')
  const get = archive.get
  archive.get = async (key) => {
    if (stuck.includes(key)) throw new Fault('archive_unavailable', 'its body is not what was stored')
    return get(key)
  }
  for (let n = 0; n < 3; n++) await run()
  expect(log.published).toEqual(['events.v1 b'])
  expect(await keys()).toEqual(stuck)
  expect(lines).toHaveLength(4)
  expect(await gauge('millrace_spool_oldest_age_seconds')).toBe(34)
  archive.get = get
  expect(await run()).toMatchObject({ replayed: 4, left: 0 })
})

test('while the archive is away nothing fails, and a stop is obeyed between two objects', async () => {
  const { spool, run, archive, log, keys } = await start()
  await spool(10, 'a')
  const aborted = new AbortController()
  aborted.abort()
  expect(await run(aborted.signal)).toMatchObject({ replayed: 0, left: 1 })
  archive.list = () => {
    throw new Fault('archive_unavailable', 'away')
  }
  expect(await run()).toEqual({ stopped: 'away' })
  expect(log.published).toEqual([])
  await expect(keys()).rejects.toThrow('away')
})
