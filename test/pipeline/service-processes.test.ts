import { rm } from 'node:fs/promises'
import type { WriteKey } from '@millrace/contracts/write-key'
import { migrateWarehouse } from '@millrace/warehouse/migrate-warehouse'
import { expect, inject, onTestFinished, test } from 'vitest'
import { startTcpProxy, type TcpProxy } from '../adapters/tcp-proxy.ts'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { onServer } from '../support/on-server.ts'
import { type RunningProgram, runMillrace } from '../support/run-program.ts'
import { freePort } from '../support/servers/free-ports.ts'
import { createTestDatabase } from '../support/test-database.ts'

const KEYS: readonly WriteKey[] = [{ key: 'sk_test_key', source: 'server', kind: 'secret' }]

/** What each service needs beside DATABASE_URL, and a metric of its own. */
const SERVICES = [
  { service: 'ingest-api', portName: 'INGEST_PORT', metrics: '/metrics', own: 'http_requests_in_flight' },
  {
    service: 'archiver',
    portName: 'ARCHIVER_PORT',
    metrics: '/metrics',
    own: 'millrace_archiver_lag_records',
  },
  {
    service: 'loader',
    portName: 'LOADER_PORT',
    metrics: '/metrics',
    own: 'millrace_loader_batch_duration_seconds',
  },
  {
    service: 'kpi-exporter',
    portName: 'EXPORTER_PORT',
    metrics: '/service-metrics',
    own: 'millrace_exporter_refresh_failures_total',
  },
  { service: 'jobs', portName: 'JOBS_PORT', metrics: '/metrics', own: 'millrace_job' },
  { service: 'board', portName: 'BOARD_PORT', metrics: '/metrics', own: 'millrace_board_streams' },
]
const NOT_THE_API = SERVICES.filter(({ service }) => service !== 'ingest-api')

test.each(SERVICES)(
  '$service as a process tells its health and its metrics, and stops on SIGTERM',
  async ({ service, portName, metrics, own }) => {
    const database = await createTestDatabase()
    onTestFinished(() => database.drop())
    const program = await run(service, { DATABASE_URL: database.url, [portName]: '0' })
    const { url, ...said } = JSON.parse(await program.firstLine) as { url: string; service: string }
    expect(said).toEqual({ service })
    const ready = await fetch(`${url}/health/ready`)
    expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'ready' }])
    const text = await (await fetch(`${url}${metrics}`)).text()
    expect(text).toMatch(new RegExp(`^${own}`, 'm'))
    expect(text).toMatch(/^process_resident_memory_bytes \d/m)
    program.child.kill('SIGTERM')
    expect(await program.ended).toBe(0)
    expect(program.output()).not.toMatch(/"level":"(warn|error|fatal)"/)
  },
  60_000,
)

test.each([
  ...SERVICES.map(({ service, portName }) => [service, portName, 'many', /: expected a port/] as const),
  ['loader', 'BUSINESS_TIME_ZONE', 'Mars/Olympus', /: expected a time zone like Europe\/Vienna/],
  ['ingest-api', 'DATABASE_URL', '', /KAFKA_BROKERS: expected it or DATABASE_URL/],
  ['archiver', 'DATABASE_URL', '', /KAFKA_BROKERS: expected it or DATABASE_URL/],
  ['loader', 'DATABASE_URL', '', /DATABASE_URL: expected postgresql:/],
  ['ingest-api', 'WRITE_KEYS', '', /WRITE_KEYS: expected a JSON array/],
  [
    'archiver',
    'S3_ENDPOINT',
    'http://127.0.0.1:1',
    /S3_BUCKET: expected the name of a bucket: S3_ENDPOINT is set/,
  ],
] as const)('%s with %s=%s does not start, and says why', async (service, name, value, expected) => {
  const program = await run(service, { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none', [name]: value })
  expect(await program.ended).toBe(2)
  expect(program.output()).toMatch(expected)
  expect(program.output()).not.toMatch(/^ +at /m)
})

test('--help of a service lists its variables with their meaning and their defaults', async () => {
  const program = await run('loader', {}, ['--help'])
  expect(await program.ended).toBe(0)
  expect(program.stdout()).toMatch(/^ {2}DATABASE_URL +Postgres 15 or later.* \(required\)$/m)
  expect(program.stdout()).toMatch(/^ {2}LOADER_PORT +the loader's own metrics and health \[9465\]$/m)
  expect(program.stdout()).toMatch(/^ {2}KAFKA_BROKERS +Kafka, as host:9092/m)
  expect(program.stdout()).not.toContain('INGEST_PORT')
})

test('a misspelt variable is warned of with the name that was meant, and its value is not repeated', async () => {
  const program = await run('loader', {
    KAFKA_BROKER: 'hunter2:9092',
    DATABASE_URL: 'postgresql://a@127.0.0.1:1/a',
  })
  await expect
    .poll(() => program.output(), { timeout: 30_000 })
    .toContain('KAFKA_BROKER is not a setting: did you mean KAFKA_BROKERS?')
  expect(program.output()).not.toContain('hunter2')
})

test('services started before their database is migrated wait, say so, and are ready when it is', async () => {
  const server = inject('postgresUrl')
  const name = `test_late_${process.pid}`
  await onServer(server, `create database ${name} template template0`)
  onTestFinished(() => onServer(server, `drop database ${name} with (force)`))
  const url = new URL(server)
  url.pathname = `/${name}`
  const started = await runAll(SERVICES, { DATABASE_URL: url.href })
  for (const { service, address, program } of started) {
    expect((await fetch(`${address}/health/live`)).status, service).toBe(200)
    // The API stores in its spool meanwhile.
    if (service === 'ingest-api') continue
    expect((await fetch(`${address}/health/ready`)).status, service).toBe(503)
    expect(program.stdout(), service).toBe('')
  }
  await migrateWarehouse({ databaseUrl: url.href, timeZone: 'UTC' })
  for (const { service, address, program } of started) {
    expect(JSON.parse(await program.firstLine)).toEqual({ service, url: address })
    expect(program.output(), service).toMatch(/"level":"warn"/)
    expect(program.output(), service).not.toMatch(/"level":"(error|fatal)"/)
  }
}, 120_000)

test('a loader whose days would be of another time zone refuses, and says which is right', async () => {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const program = await run('loader', {
    DATABASE_URL: database.url,
    BUSINESS_TIME_ZONE: 'Asia/Tokyo',
    LOADER_PORT: '0',
  })
  expect(await program.ended).toBe(2)
  expect(program.output()).toContain(
    'BUSINESS_TIME_ZONE is Asia/Tokyo, but the days in this database are days in UTC',
  )
})

test('services end within 10 s of SIGTERM although Postgres has fallen silent', async () => {
  const { proxy, url } = await behindProxy()
  const started = await runAll(SERVICES, { DATABASE_URL: url })
  await Promise.all(started.map(({ program }) => program.firstLine))
  proxy.set('silent')
  // So that something is under way that will not be answered.
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  const asked = performance.now()
  await Promise.all(
    started.map(async ({ service, program }) => {
      program.child.kill('SIGTERM')
      await program.ended
      expect(performance.now() - asked, service).toBeLessThan(10_000)
    }),
  )
}, 120_000)

test('services started while Postgres is away keep trying, are not ready, and are when it is back', async () => {
  const { proxy, url } = await behindProxy()
  proxy.set('cut')
  const started = await runAll(NOT_THE_API, { DATABASE_URL: url })
  for (const { service, address } of started)
    expect((await fetch(`${address}/health/ready`)).status, service).toBe(503)
  proxy.set('open')
  for (const { service, address, program } of started) {
    await program.firstLine
    expect((await fetch(`${address}/health/ready`)).status, service).toBe(200)
  }
}, 120_000)

test('started while Kafka is away, archiver and loader wait, and the API takes events into its spool', async () => {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const users = SERVICES.filter(({ service }) => ['ingest-api', 'archiver', 'loader'].includes(service))
  const env = { DATABASE_URL: database.url, KAFKA_BROKERS: `127.0.0.1:${await freePort()}` }
  const started = await runAll(users, env)
  for (const { service, address, program } of started) {
    if (service === 'ingest-api') continue
    expect((await fetch(`${address}/health/ready`)).status, service).toBe(503)
    await expect.poll(program.output, { timeout: 30_000 }).toContain('waits for log')
  }
  const api = started.find(({ service }) => service === 'ingest-api')
  await api?.program.firstLine
  const answer = await fetch(`${api?.address}/v1/events`, {
    method: 'POST',
    headers: { Authorization: 'Bearer sk_test_key', 'Content-Type': 'application/json' },
    body: JSON.stringify({ messageId: 'm1', type: 'track', event: 'user_logged_in', userId: 'u1' }),
  })
  expect([answer.status, await answer.json()]).toMatchObject([202, { accepted: 1 }])
  for (const { service, program } of started) {
    program.child.kill('SIGTERM')
    expect(await program.ended, service).toBe(0)
  }
}, 120_000)

test('what nobody caught ends the process with a line that says so and exit code 1', async () => {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const bug = 'setTimeout(() => { throw new Error("a bug") }, 3000)'
  const program = await run('board', {
    DATABASE_URL: database.url,
    BOARD_PORT: '0',
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(bug)}`,
  })
  expect(await program.ended).toBe(1)
  const line =
    program
      .output()
      .split('\n')
      .find((one) => one.includes('"level":"fatal"')) ?? ''
  expect(JSON.parse(line)).toMatchObject({
    service: 'board',
    err: { message: 'a bug' },
    msg: 'crashed, exit 1',
  })
})

test('a port that is taken ends the start, and names it', async () => {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const env = { DATABASE_URL: database.url, LOADER_PORT: '0' }
  const { url } = JSON.parse(await (await run('loader', env)).firstLine) as { url: string }
  const second = await run('loader', { ...env, LOADER_PORT: new URL(url).port })
  expect(await second.ended).toBe(2)
  expect(second.output()).toContain(`Cannot listen on ${new URL(url).host}: EADDRINUSE`)
}, 60_000)

async function run(
  service: string,
  env: Readonly<Record<string, string>>,
  flags = ['--json'],
): Promise<RunningProgram> {
  const dataDir = await makeDataFolder()
  const program = runMillrace([service, ...flags], {
    DATA_DIR: dataDir,
    WRITE_KEYS: JSON.stringify(KEYS),
    PSEUDONYM_KEY: 'a pseudonym key for tests, 32 characters',
    ...env,
  })
  onTestFinished(async () => {
    program.child.kill('SIGKILL')
    await program.ended
    await rm(dataDir, { recursive: true, force: true })
  })
  return program
}

/** Each in a process of its own on a free port, as soon as it listens. */
async function runAll(services: typeof SERVICES, env: Readonly<Record<string, string>>) {
  return Promise.all(
    services.map(async ({ service, portName }) => {
      const program = await run(service, { ...env, [portName]: '0' })
      return { service, program, address: await listening(program) }
    }),
  )
}

/** A migrated database that can be taken away. */
async function behindProxy(): Promise<{ proxy: TcpProxy; url: string }> {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const url = new URL(database.url)
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) })
  onTestFinished(() => proxy.close())
  url.host = `127.0.0.1:${proxy.port}`
  return { proxy, url: url.href }
}

/** Where it listens, by its log: before it is ready. */
async function listening({ output }: RunningProgram): Promise<string> {
  await expect.poll(output, { timeout: 60_000 }).toMatch(/"url":"http/)
  return /"url":"([^"]+)"/.exec(output())?.[1] ?? ''
}
