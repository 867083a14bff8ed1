import { gunzipSync } from 'node:zlib'
import { Fault } from '@millrace/contracts/fault'
import type { TopicRecords } from '@millrace/event-log/event-log'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { expect, test } from 'vitest'
import { createIngestMetrics } from './ingest-metrics.ts'
import { type CommitLimits, createSpoolingCommit } from './spooling-commit.ts'

const NOW = new Date('2026-11-21T12:00:00.000Z')
const AWAY = new Fault('log_unavailable', 'away')
const LIMITS: CommitLimits = {
  ...{ maxHeldBytes: 1_000, maxGroupBytes: 100, maxSpoolBytes: 100, maxWaitMs: 2_500 },
  ...{ maxPutMs: 400, spoolLingerMs: 1, tryEveryMs: 400 },
}

type Mode = 'takes' | 'away' | 'silent' | 'refuses'

/** Servers that do at once what the test has set; a silent one, when the test lets them `answer`. */
function createServers() {
  const silent: (() => void)[] = []
  const servers = {
    log: 'takes' as Mode,
    archive: 'takes' as Mode,
    published: [] as string[],
    tries: 0,
    spooled: [] as string[],
    answer: () => {
      for (const resolve of silent.splice(0)) resolve()
    },
  }
  async function serve(mode: Mode, fault: Fault): Promise<void> {
    if (mode === 'silent') await new Promise<void>((resolve) => silent.push(resolve))
    if (mode === 'away') throw fault
    if (mode === 'refuses') throw new Error('cannot be stored')
  }
  return {
    servers,
    log: {
      publish: async (batches: readonly TopicRecords[]) => {
        servers.tries += 1
        await serve(servers.log, AWAY)
        servers.published.push(...batches.flatMap(({ records }) => records.map(({ value }) => value)))
      },
    },
    archive: {
      putIfAbsent: async (_key: string, body: Uint8Array) => {
        await serve(servers.archive, new Fault('archive_unavailable', 'away'))
        for (const line of gunzipSync(body).toString().trimEnd().split('\n'))
          servers.spooled.push(JSON.parse(line).value)
        return 'created' as const
      },
    },
  }
}

function start(limits: Partial<CommitLimits> = {}) {
  const { servers, ...both } = createServers()
  const lines: string[] = []
  const logger = createLogger({ service: 'test', level: 'silent' })
  for (const level of ['info', 'warn', 'error'] as const)
    logger[level] = (...given: unknown[]) => void lines.push(`${level} ${given.at(-1)}`)
  const registry = createServiceMetrics()
  const metrics = createIngestMetrics(registry)
  const commit = createSpoolingCommit({ ...both, limits: { ...LIMITS, ...limits }, metrics, logger })
  return {
    servers,
    lines,
    isFull: commit.isFull,
    metric: async (name: string) => (await registry.getSingleMetric(name)?.get())?.values[0]?.value,
    publish: (value: string, bytes = value.length) =>
      commit.publish({
        batches: [{ topic: 'events.v1', records: [{ key: 'k', value }] }],
        bytes,
        receivedAt: NOW,
      }),
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('an outage is found out once, and looked after by one request at a time until it is over', async () => {
  const { servers, publish, lines, metric } = start()
  await publish('a')
  servers.log = 'away'
  await publish('b')
  await Promise.all(['c', 'd', 'e'].map((value) => publish(value)))
  expect(servers).toMatchObject({ tries: 2, published: ['a'], spooled: ['b', 'c', 'd', 'e'] })
  expect(await metric('millrace_spool_in_use')).toBe(1)
  await pause(LIMITS.tryEveryMs)
  await Promise.all(['f', 'g', 'h'].map((value) => publish(value)))
  expect(servers.tries).toBe(3)
  servers.log = 'takes'
  await pause(LIMITS.tryEveryMs)
  await publish('i')
  await publish('j')
  expect(servers).toMatchObject({ tries: 5, published: ['a', 'i', 'j'] })
  expect([...servers.spooled].sort()).toEqual(['b', 'c', 'd', 'e', 'f', 'g', 'h'])
  expect(lines).toEqual(['warn the log is away: events go to the spool', 'info the log takes events again'])
  expect(await metric('millrace_spool_in_use')).toBe(0)
  expect(await metric('millrace_spooled_events_total')).toBe(7)
})

test('while one request tries a log that says nothing, the others do not wait for it', async () => {
  const { servers, publish } = start({ tryEveryMs: 0 })
  servers.log = 'away'
  await publish('a')
  servers.log = 'silent'
  const trying = publish('b')
  await publish('c')
  expect(servers.spooled).toEqual(['a', 'c'])
  servers.answer()
  await trying
  expect(servers.published).toEqual(['b'])
})

test('who waits for a log that turns out to be away goes to the spool together', async () => {
  const { servers, publish } = start()
  servers.log = 'silent'
  const all = ['a', 'b', 'c'].map((value) => publish(value))
  servers.log = 'away'
  servers.answer()
  // The first was taken after all; the log is away for the next group.
  await Promise.all(all)
  expect(servers).toMatchObject({ tries: 2, published: ['a'], spooled: ['b', 'c'] })
})

test('without log and spool requests are refused, which is said once, and taken again when one is back', async () => {
  const { servers, publish, lines } = start()
  Object.assign(servers, { log: 'away', archive: 'away' })
  for (const value of ['a', 'b', 'c'])
    await expect(publish(value)).rejects.toMatchObject({ code: 'archive_unavailable', retryable: true })
  servers.archive = 'takes'
  await publish('d')
  expect(servers.spooled).toEqual(['d'])
  expect(lines).toEqual([
    'warn the log is away: events go to the spool',
    'error the spool is away too: requests are refused',
    'info the spool takes events again',
  ])
})

test('puts without an answer are given up in time, and are not heaped up', async () => {
  const { servers, publish } = start()
  Object.assign(servers, { log: 'away', archive: 'silent' })
  for (const value of ['a', 'b', 'c']) await expect(publish(value)).rejects.toThrow('no answer within 400 ms')
  const startedAt = performance.now()
  await expect(publish('d')).rejects.toThrow('Earlier batches')
  expect(performance.now() - startedAt).toBeLessThan(LIMITS.maxPutMs)
  Object.assign(servers, { archive: 'takes' })
  servers.answer()
  await publish('e')
  expect(servers.spooled).toEqual(['a', 'b', 'c', 'e'])
})

test('too much load is no outage: what is too much is refused and not spooled', async () => {
  const { servers, publish, isFull } = start()
  servers.log = 'silent'
  const first = publish('a', LIMITS.maxHeldBytes)
  expect(isFull()).toBe(true)
  await expect(publish('b')).rejects.toMatchObject({ code: 'log_unavailable' })
  servers.answer()
  await first
  expect(servers.spooled).toEqual([])
})

test('records that the log does not want are no outage', async () => {
  const { servers, publish } = start()
  servers.log = 'refuses'
  await expect(publish('a')).rejects.toThrow('cannot be stored')
  servers.log = 'takes'
  await publish('b')
  expect(servers).toMatchObject({ published: ['b'], spooled: [] })
})
