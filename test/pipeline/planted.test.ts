import { randomInt } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Archive } from '@millrace/archive/archive'
import { createFolderArchive } from '@millrace/archive/folder'
import { createS3Archive } from '@millrace/archive/s3'
import { readAddresses } from '@millrace/cli/addresses'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { type WriteKey, WriteKeys } from '@millrace/contracts/write-key'
import type { EventLog } from '@millrace/event-log/event-log'
import { createKafkaLog } from '@millrace/event-log/kafka'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { findEmbeddedPostgres } from '@millrace/runtime/find-embedded-postgres'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { dumpArchive, dumpDatabase, dumpLog, dumpPages } from '../support/planted/dump-stores.ts'
import { type Dumped, findNeedles } from '../support/planted/find-needles.ts'
import { plantedEvent } from '../support/planted/planted-events.ts'
import { type SentPlanted, sendPlanted } from '../support/planted/send-planted.ts'
import { makeRealParts, realServers } from '../support/real-parts.ts'
import { runMillrace } from '../support/run-program.ts'
import { describeWith } from '../support/servers.ts'
import { startProcesses } from '../support/start-processes.ts'
import { startUp } from '../support/start-up.ts'

/** `PLANTED_EVENTS=100000 PLANTED_SEED=random` looks longer, and elsewhere. */
const EVENTS = Number(process.env.PLANTED_EVENTS ?? 1_500)
const SEED =
  process.env.PLANTED_SEED === 'random' ? randomInt(2 ** 31) : Number(process.env.PLANTED_SEED ?? 20_261_121)

const keys: readonly WriteKey[] = WriteKeys.parse([
  { key: 'pk_planted_0001', source: 'web', kind: 'public' },
  { key: 'sk_planted_0001', source: 'server', kind: 'secret' },
])
const now = (): Date => new Date()

function expectNothingOf(sent: SentPlanted, dumps: readonly Dumped[]): void {
  const found = findNeedles([...dumps, ...sent.answers], sent.needles)
  const byNeedle = new Map<string, (typeof found)[number][]>()
  for (const one of found) byNeedle.set(one.needle, [...(byNeedle.get(one.needle) ?? []), one])
  const shown = [...byNeedle].slice(0, 20).map(([needle, places]) => {
    const { place, around } = places[0] as (typeof found)[number]
    return `${needle} in ${places.length} places, one is ${place}: ${around}`
  })
  expect(shown, `${byNeedle.size} pieces were kept, PLANTED_SEED=${SEED}`).toEqual([])
}

async function send(api: string): Promise<SentPlanted> {
  const events = fc.sample(plantedEvent, { seed: SEED, numRuns: EVENTS })
  const sent = await sendPlanted(events, { api, seed: SEED, keys: keys.map(({ key }) => key) })
  // What is looked for is there before it is sent.
  const before = findNeedles([{ place: 'sent', text: JSON.stringify(events) }], sent.needles)
  expect(new Set(before.map(({ needle }) => needle)).size).toBeGreaterThan(EVENTS)
  expect(sent.accepted + sent.rejected).toBe(EVENTS)
  expect(sent.accepted).toBeGreaterThan(EVENTS / 2)
  expect(sent.rejected).toBeGreaterThan(EVENTS / 20)
  return sent
}

const SOON = { timeout: 60_000, interval: 100 }
/** A long run takes as long as it takes. */
const PATIENCE_MS = 120_000 + EVENTS * 20

/** How far behind the end of the log the groups are that store what it holds. */
async function behind(log: EventLog): Promise<number> {
  let records = 0
  for (const topic of [EVENTS_TOPIC, QUARANTINE_TOPIC]) {
    const ranges = await log.ranges(topic)
    for (const group of ['archiver', 'loader']) {
      const reached = new Map(
        (await log.positions(topic, group)).map(({ partition, nextOffset }) => [partition, nextOffset]),
      )
      for (const { partition, nextOffset } of ranges) records += nextOffset - (reached.get(partition) ?? 0)
    }
  }
  return records
}

interface Stores {
  readonly log: EventLog
  readonly archive: Archive
  readonly databaseUrl: string
}

/** All that is kept, once everything has arrived. */
async function dumpStores({ log, archive, databaseUrl }: Stores): Promise<Dumped[]> {
  const dumps = [
    ...(await dumpLog(log)),
    ...(await dumpArchive(archive)),
    ...(await dumpDatabase(databaseUrl)),
  ]
  expect(dumps.filter(({ place }) => place.endsWith('.parquet'))).not.toEqual([])
  expect(dumps.map(({ text }) => text).join('\n')).toMatch(/\[email\][\s\S]*\[phone\]/)
  return dumps
}

/** Where the services tell of themselves. */
async function pagesOf(dataDir: string): Promise<string[]> {
  const running = await readAddresses(dataDir)
  if (!running) throw new Error('nothing runs')
  const { pid: _pid, ...urls } = running
  const metrics = Object.values(urls).map((url) => `${url}/metrics`)
  return [...metrics, `${urls.exporter}/service-metrics`, `${urls.board}/`, `${urls.api}/docs`]
}

test(
  'of personal data in any event nothing is in log, archive, Postgres, answers, lines or metrics of up',
  async () => {
    const folder = await makeDataFolder()
    const dataDir = path.join(folder, 'data')
    const up = await startUp(dataDir, keys, { LOG_LEVEL: 'debug', ARCHIVE_FLUSH_SECONDS: '0.5' })
    try {
      const sent = await send(up.api)
      const { url = '' } = (await findEmbeddedPostgres(dataDir)) ?? {}
      const log = createPostgresLog({ connection: url, clientName: 'test', now })
      await expect.poll(() => behind(log), SOON).toBe(0)
      expect((await up.millrace('compact')).code).toBe(0)
      const archive = createFolderArchive({ folder: path.join(dataDir, 'archive') })
      const dumps = [
        ...(await dumpStores({ log, archive, databaseUrl: url })),
        ...(await dumpPages(await pagesOf(dataDir))),
        { place: 'lines', text: up.program.output() },
        { place: 'log file', text: await readFile(path.join(dataDir, 'millrace.log'), 'utf8') },
      ]
      await log.close()
      await archive.close()
      expectNothingOf(sent, dumps)
    } finally {
      await up.stop()
      await rm(folder, { recursive: true, force: true })
    }
  },
  PATIENCE_MS,
)

await describeWith(realServers, 'with every service a process of its own', (servers) => {
  test(
    'nor in those of Kafka, S3, Postgres and all services',
    async () => {
      const { database, env } = await makeRealParts(servers)
      const all = { 'ingest-api': 1, archiver: 1, loader: 1, 'kpi-exporter': 1, jobs: 1, board: 1 }
      const started = await startProcesses({
        services: all,
        keys,
        env: { ...env, LOG_LEVEL: 'debug', ARCHIVE_FLUSH_SECONDS: '0.5', INGEST_URL: 'http://127.0.0.1:1' },
      })
      const log = createKafkaLog({
        ...{ brokers: servers.kafka.brokers.split(','), prefix: env.KAFKA_PREFIX ?? '' },
        ...{ clientName: 'test', now },
      })
      const { endpoint, region, accessKeyId, secretAccessKey } = servers.s3
      const archive = createS3Archive({
        ...{ bucket: env.S3_BUCKET ?? '', endpoint, region },
        credentials: { accessKeyId, secretAccessKey },
      })
      try {
        const sent = await send(started.urls['ingest-api'][0] ?? '')
        await expect.poll(() => behind(log), SOON).toBe(0)
        expect(await runMillrace(['compact'], started.env).ended).toBe(0)
        const metrics = started.processes.map(({ url }) => `${url}/metrics`)
        expectNothingOf(sent, [
          ...(await dumpStores({ log, archive, databaseUrl: database.url })),
          ...(await dumpPages([...metrics, `${started.urls['kpi-exporter'][0]}/service-metrics`])),
          ...started.processes.map((one) => ({ place: `lines of ${one.name}`, text: one.output() })),
        ])
      } finally {
        await log.close()
        await archive.close()
        await started.stop()
        await database.drop()
      }
    },
    PATIENCE_MS,
  )
})
