import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { WriteKey } from '@millrace/contracts/write-key'
import type { KpiPoint } from '@millrace/kpis/kpi-series'
import { describe, expect, onTestFinished, test } from 'vitest'
import { askMillrace } from '../support/ask-millrace.ts'
import { differences } from '../support/loading.ts'
import { makeRealParts, type RealParts, realServers } from '../support/real-parts.ts'
import { scrape } from '../support/scrape.ts'
import { describeWith } from '../support/servers.ts'
import { type StartedProcesses, startProcesses } from '../support/start-processes.ts'
import { createTestDatabase } from '../support/test-database.ts'

const SAMPLE = fileURLToPath(new URL('../data/online-retail-sample.csv.gz', import.meta.url))
const MAP = fileURLToPath(new URL('../../docs/examples/online-retail.ts', import.meta.url))
const KEYS: readonly WriteKey[] = [
  { key: 'sk_of_an_import', source: 'server', kind: 'secret', historical: true },
]

/** By recount-online-retail.py, run on the sample; all on its only day. */
const DAY = '2010-12-01'
const TOTALS = { orders: 37, revenue_gross: 1_511_024, revenue_refunds: 17_363, sign_ups: 26 }
const EVENTS = 37 + 3 + 26

const TWICE = { 'ingest-api': 2, archiver: 2, loader: 2, jobs: 1, 'kpi-exporter': 1, board: 1 }

describe('on Postgres and a folder', () => {
  countsTheSample(async () => {
    const database = await createTestDatabase()
    return { database, env: { DATABASE_URL: database.url } }
  })
})

await describeWith(realServers, 'on Kafka, S3 and Redis', (servers) => {
  countsTheSample(() => makeRealParts(servers))

  test('API and archiver need no Postgres, and write nothing into their data folder', async () => {
    const { database, env } = await makeRealParts(servers)
    onTestFinished(() => database.drop())
    const { DATABASE_URL: _, ...withoutPostgres } = env
    const all = await start({ 'ingest-api': 1, archiver: 1 }, withoutPostgres)
    await send(all, 0)
    await expect
      .poll(async () => (await scrape(`${all.urls.archiver[0]}/metrics`)).samples.get(LAG), {
        timeout: 60_000,
      })
      .toBe(0)
    expect(await readdir(all.dataDir)).toEqual([])
  }, 120_000)
})

const LAG = 'millrace_archiver_lag_records{topic="events.v1"}'

function countsTheSample(make: () => Promise<RealParts>): void {
  test('two APIs, two archivers, two loaders: every total is exact and every event accounted for', async () => {
    const { database, env } = await make()
    onTestFinished(() => database.drop())
    const all = await start(TWICE, env)
    const [first, second] = [await send(all, 0), await send(all, 1)]
    expect([first, second]).toMatchObject([
      { events: EVENTS, accepted: EVENTS, rejected: 0 },
      { events: EVENTS, accepted: EVENTS, rejected: 0 },
    ])
    expect(await counted(all)).toEqual(TOTALS)
    expect(await differences(database.pool)).toEqual([])

    // Killed and started again, they find everything as it was and go on.
    const victims = [all.of('loader')[0], all.of('archiver')[0], all.of('ingest-api')[0]]
    await Promise.all(victims.map((victim) => victim?.kill()))
    await Promise.all(victims.map((victim) => victim?.start()))
    await send(all, 0)
    expect(await counted(all)).toEqual(TOTALS)
    for (const { output, name } of all.processes)
      expect(output(), name).not.toMatch(/"level":"(error|fatal)"/)
  }, 240_000)
}

async function start(
  services: Parameters<typeof startProcesses>[0]['services'],
  env: Readonly<Record<string, string>>,
): Promise<StartedProcesses> {
  const all = await startProcesses({ services, env: { ARCHIVE_FLUSH_SECONDS: '0.5', ...env }, keys: KEYS })
  onTestFinished(() => all.stop())
  return all
}

/** The whole sample to one of the APIs. */
async function send(all: StartedProcesses, api: number) {
  const url = all.urls['ingest-api'][api] ?? ''
  const args = ['send', SAMPLE, '--map', MAP, '--url', url, '--batch-size', '10']
  return (await askMillrace<{ events: number; accepted: number; rejected: number }>(args, all.env)).answer
}

/** What the KPIs say once all is archived and loaded, and reconcile finds every event. */
async function counted({ env }: StartedProcesses): Promise<Record<string, number>> {
  const { code, answer } = await askMillrace<{ balanced: boolean }>(['reconcile', '--wait', '60'], env)
  expect([code, answer]).toMatchObject([0, { balanced: true }])
  const found: Record<string, number> = {}
  for (const name of Object.keys(TOTALS)) {
    const { answer: points } = await askMillrace<KpiPoint[]>(['kpi', 'show', name], env)
    expect(points.map(({ date }) => date)).toEqual([DAY])
    found[name] = Number(points[0]?.valueMinor ?? points[0]?.value)
  }
  return found
}
