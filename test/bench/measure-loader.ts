import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { startEmbeddedPostgres } from '@millrace/runtime/embedded-postgres'
import { createLogger } from '@millrace/runtime/logger'
import { migrateWarehouse } from '@millrace/warehouse/migrate-warehouse'
import pg from 'pg'
import { peakBytes, watch } from './process-stats.ts'
import { type Measured, megabytes, type Section } from './report.ts'
import { freshDataDir, postmasterOf, query, ROOT } from './run-up.ts'
import { smallEvents } from './small-events.ts'

/**
 * The loader by itself: the log is filled first, then loader processes drain it, one and then two, each on a copy of
 * the same database.
 */
export async function measureLoader(events: number): Promise<Section> {
  const dataDir = freshDataDir()
  const postgres = await startEmbeddedPostgres({
    dataDir,
    logger: createLogger({ service: 'bench', level: 'warn' }),
  })
  try {
    await migrateWarehouse({ databaseUrl: postgres.url, timeZone: 'UTC' })
    await fillLog(postgres.url, events)
    const measured: Measured[] = []
    for (const loaders of [1, 2]) {
      const url = await copyDatabase(postgres.url, `bench_${loaders}`)
      measured.push(...(await drain({ url, dataDir }, events, loaders)))
    }
    const title = `Loading ${events.toLocaleString('en-US')} small events of 20,000 people over 10 days from the log`
    return { title, measured }
  } finally {
    await postgres.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function fillLog(url: string, events: number): Promise<void> {
  const log = createPostgresLog({ connection: url, clientName: 'bench', now: () => new Date() })
  await log.ensureTopics(
    [EVENTS_TOPIC, 'quarantine.v1'].map((topic) => ({ topic, partitions: 4, retentionHours: 24 })),
  )
  let records: { key: string; value: string }[] = []
  const publish = async (): Promise<void> => log.publish([{ topic: EVENTS_TOPIC, records }])
  for (const event of smallEvents(events)) {
    records.push({ key: event.userPerson ?? event.eventId, value: JSON.stringify(event) })
    if (records.length < 1_000) continue
    await publish()
    records = []
  }
  if (records.length > 0) await publish()
  await log.close()
}

async function copyDatabase(url: string, name: string): Promise<string> {
  const server = new URL(url)
  const template = server.pathname.slice(1)
  server.pathname = '/postgres'
  const client = new pg.Client({ connectionString: server.href })
  await client.connect()
  try {
    await client.query(`create database ${name} template ${template}`)
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
  server.pathname = `/${name}`
  return server.href
}

/** Times from the first batch that has been loaded to the last, so that starting is not counted. */
async function drain(
  { url, dataDir }: { url: string; dataDir: string },
  events: number,
  count: number,
): Promise<readonly Measured[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const postmaster = await postmasterOf(url)
  const children = Array.from({ length: count }, () => startLoader(url, dataDir))
  try {
    const before = await untilLoaded(client, children, 1)
    const started = performance.now()
    const watched = [postmaster, ...children.map(({ pid }) => pid ?? 0)].map((pid) =>
      watch(pid, { tree: true }),
    )
    await untilLoaded(client, children, events)
    const seconds = (performance.now() - started) / 1000
    const [postgres, ...loaders] = watched.map((each) => each.stop())
    const [facts] = await query<{ n: number }>(url, 'select count(*)::int as n from warehouse.fact_event')
    if (facts.n !== events) throw new Error(`${events} events were sent and ${facts.n} facts are there`)
    const peak = children.reduce((sum, { pid }) => sum + (peakBytes(pid ?? 0) ?? 0), 0)
    const cpu = loaders.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
    const cpuOfAll = cpu + (postgres?.cpuSeconds ?? 0)
    const name = count === 1 ? 'one loader' : `${count} loaders`
    return [
      { what: `${name}: throughput`, value: (events - before) / seconds, unit: 'events/s' },
      { what: `${name}: CPU of the loaders`, value: cpu, unit: 's' },
      { what: `${name}: CPU of Postgres`, value: postgres?.cpuSeconds ?? 0, unit: 's' },
      { what: `${name}: throughput a core used`, value: (events - before) / cpuOfAll, unit: 'events/s' },
      { what: `${name}: peak memory of the loaders`, value: megabytes(peak), unit: 'MB' },
      { what: `${name}: peak memory of Postgres`, value: megabytes(postgres?.mostBytes), unit: 'MB' },
    ]
  } finally {
    await client.end()
    await Promise.all(children.map(stop))
  }
}

function startLoader(url: string, dataDir: string): ChildProcess {
  return spawn(process.execPath, [path.join(ROOT, 'services/cli/bin/millrace.mjs'), 'loader'], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: url, DATA_DIR: dataDir, LOADER_PORT: '0', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

/** Returns how many there were when it looked. */
async function untilLoaded(
  client: pg.Client,
  children: readonly ChildProcess[],
  events: number,
): Promise<number> {
  const deadline = performance.now() + 300_000
  while (performance.now() < deadline) {
    const { rows } = await client.query<{ n: number }>(
      `select coalesce(sum(next_offset), 0)::int as n from pipeline.load_position where topic = '${EVENTS_TOPIC}'`,
    )
    if ((rows[0]?.n ?? 0) >= events) return rows[0]?.n ?? 0
    if (children.some(({ exitCode }) => exitCode !== null)) throw new Error('a loader ended')
    await sleep(20)
  }
  throw new Error(`${events} events were not loaded within 5 minutes`)
}
