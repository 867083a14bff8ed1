import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, open, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { findEmbeddedPostgres } from '@millrace/runtime/find-embedded-postgres'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { FREE_PORTS } from '../support/ports-of-up.ts'
import { ROOT, type RunningProgram, runMillrace } from '../support/run-program.ts'

interface UpAnswer {
  readonly api: string
  readonly exporter: string
  readonly loader: string
  readonly postgres: string
  readonly dataDir: string
  readonly keys: readonly { key: string; source: string; kind: 'public' | 'secret' }[]
}

const SLOW_MS = 120_000

test(
  'up counts an event, stops within 5 s on Ctrl-C, and has counted it still after the next start',
  async () => {
    const dataDir = await dataFolder()
    const first = up(dataDir)
    const answer = await ready(first)
    expect((await sendSignUp(answer)).status).toBe(202)
    await expect.poll(() => signUpsToday(answer), { timeout: 30_000 }).toBe(1)
    const stopping = Date.now()
    first.child.kill('SIGINT')
    // npm passes a Ctrl-C on that has already come from the terminal: that is not a second wish.
    first.child.kill('SIGINT')
    expect(await first.ended).toBe(0)
    expect(Date.now() - stopping).toBeLessThan(5000)
    expect(await findEmbeddedPostgres(dataDir)).toBeUndefined()

    const second = up(dataDir)
    const again = await ready(second)
    expect(again.keys).toEqual(answer.keys)
    expect(again.postgres).toBe(answer.postgres)
    await expect.poll(() => signUpsToday(again), { timeout: 30_000 }).toBe(1)
    expect(second.output()).not.toContain('"level":"error"')
  },
  SLOW_MS,
)

test(
  'every address that up prints answers, and the curl line works when pasted',
  async () => {
    const started = up(await dataFolder(), {}, [])
    await expect.poll(started.output, { timeout: 60_000 }).toContain('Ctrl-C stops everything')
    const urls = started.output().match(/http:\/\/[^\s']+/g) ?? []
    expect(urls.length).toBeGreaterThan(3)
    for (const url of urls.filter((address) => !address.endsWith('/v1/events'))) {
      expect((await fetch(url)).status, url).toBe(200)
    }
    const curl =
      started
        .output()
        .split('\n')
        .find((line) => line.startsWith('curl ')) ?? ''
    const { stdout } = await promisify(execFile)('sh', ['-c', curl])
    expect(JSON.parse(stdout)).toMatchObject({ accepted: 1, rejected: [] })
    const analyst = /postgresql:\/\/\S+/.exec(started.output())?.[0] ?? ''
    await expect(query(analyst, 'select count(*) from warehouse.fact_sign_up')).resolves.toHaveLength(1)
    await expect(query(analyst, 'delete from warehouse.fact_sign_up')).rejects.toThrow(/permission denied/)
  },
  SLOW_MS,
)

test(
  'after a kill -9 the next up adopts Postgres and loses nothing that was acknowledged',
  async () => {
    const dataDir = await dataFolder()
    const first = up(dataDir)
    const answer = await ready(first)
    expect((await sendSignUp(answer)).status).toBe(202)
    first.child.kill('SIGKILL')
    await first.ended
    const second = up(dataDir)
    const again = await ready(second)
    expect(second.output()).toContain('still running from before')
    await expect.poll(() => signUpsToday(again), { timeout: 30_000 }).toBe(1)
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
    expect(await findEmbeddedPostgres(dataDir)).toBeUndefined()
  },
  SLOW_MS,
)

test(
  'up goes on counting after its Postgres was killed',
  async () => {
    const dataDir = await dataFolder()
    const started = up(dataDir)
    const answer = await ready(started)
    await sendSignUp(answer)
    await expect.poll(() => signUpsToday(answer), { timeout: 30_000 }).toBe(1)
    await killPostgres(answer)
    await expect
      .poll(async () => (await sendSignUp(answer).catch(() => undefined))?.status, { timeout: 30_000 })
      .toBe(202)
    await expect.poll(() => signUpsToday(answer), { timeout: 30_000 }).toBeGreaterThan(1)
    // As when its terminal is closed.
    started.child.kill('SIGHUP')
    expect(await started.ended).toBe(0)
    expect(await findEmbeddedPostgres(dataDir)).toBeUndefined()
  },
  SLOW_MS,
)

test(
  'a second up on the same folder is told the process that has it, and disturbs nothing',
  async () => {
    const dataDir = await dataFolder()
    const first = up(dataDir)
    const answer = await ready(first)
    const second = up(dataDir)
    expect(await second.ended).toBe(1)
    expect(second.output()).toContain(`already running on ${dataDir} (pid ${first.child.pid})`)
    expect((await sendSignUp(answer)).status).toBe(202)
  },
  SLOW_MS,
)

test.each(['postgres/start.log', 'postgres/data/postmaster.pid', 'analyst-password'])(
  'a Ctrl-C while it starts (%s is there) leaves nothing running and complains of nothing',
  async (file) => {
    const dataDir = await dataFolder()
    const started = up(dataDir)
    const isThere = () => access(path.join(dataDir, file)).then(...yesOrNo)
    await expect.poll(isThere, { timeout: 60_000, interval: 5 }).toBe(true)
    started.child.kill('SIGINT')
    expect(await started.ended).toBe(0)
    expect(await access(path.join(dataDir, 'postgres/data/postmaster.pid')).then(...yesOrNo)).toBe(false)
    expect(started.output()).not.toMatch(/Failed|"level":"error"/)
  },
  SLOW_MS,
)

const yesOrNo = [() => true, () => false] as const

test.skipIf(process.platform !== 'linux')(
  'up starts, counts and stops although not a line of its log can be written',
  async () => {
    const full = await open('/dev/full', 'w')
    const child = spawn(process.execPath, [`${ROOT}/services/cli/bin/millrace.mjs`, 'up', '--json'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...FREE_PORTS, DATA_DIR: await dataFolder(), LOG_LEVEL: 'debug' },
      stdio: ['ignore', 'pipe', full.fd],
    })
    const ended = once(child, 'exit')
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await ended
      await full.close()
    })
    const { stdout } = child
    if (!stdout) throw new Error('stdout is a pipe')
    const [line] = await Promise.race([once(stdout, 'data'), ended])
    const answer = JSON.parse(String(line)) as UpAnswer
    expect((await sendSignUp(answer)).status).toBe(202)
    await expect.poll(() => signUpsToday(answer), { timeout: 30_000 }).toBe(1)
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  },
  SLOW_MS,
)

test(
  'keys are kept readable by their owner alone',
  async () => {
    const dataDir = await dataFolder()
    await ready(up(dataDir))
    for (const file of ['write-keys.json', 'pseudonym-key', 'analyst-password']) {
      expect((await stat(path.join(dataDir, file))).mode & 0o777, file).toBe(0o600)
    }
  },
  SLOW_MS,
)

test('a port that is taken is named with its variable, before anything has started', async () => {
  const squatter = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void squatter.close())
  await new Promise((resolve) => squatter.once('listening', resolve))
  const { port } = squatter.address() as { port: number }
  const dataDir = await dataFolder()
  const refused = up(dataDir, { INGEST_PORT: String(port), LOADER_PORT: String(port) })
  expect(await refused.ended).toBe(2)
  expect(refused.output()).toContain(`INGEST_PORT: ${port} is in use on 127.0.0.1`)
  expect(refused.output()).toContain(`LOADER_PORT: ${port} is also that of INGEST_PORT`)
  await expect(stat(path.join(dataDir, 'postgres'))).rejects.toThrow(/ENOENT/)
})

test.each([
  ['INGEST_PORT', 'many', /INGEST_PORT: expected a port/],
  ['BUSINESS_TIME_ZONE', 'Mars/Olympus', /BUSINESS_TIME_ZONE: expected a time zone/],
  ['DATABASE_URL', 'mysql://root:hunter2@db/x', /DATABASE_URL: expected postgresql:/],
  ['PSEUDONYM_KEY', 'hunter2', /PSEUDONYM_KEY: expected a secret of at least 32 characters/],
  ['WRITE_KEYS', '[{"key":"hunter2"}]', /WRITE_KEYS/],
  [
    'PRIVACY_POLICY',
    '/none/policy.json',
    /PRIVACY_POLICY \(\/none\/policy\.json\): expected the path of a readable file/,
  ],
  ['NODE_ENV', 'production', /PSEUDONYM_KEY: with NODE_ENV=production it must be set/],
])(
  'a wrong %s (%s) is named, what was expected is said, its value is not repeated',
  async (name, value, expected) => {
    const refused = up(await dataFolder(), { [name]: value })
    expect(await refused.ended).toBe(2)
    expect(refused.output()).toMatch(expected)
    expect(refused.output()).not.toContain('hunter2')
    expect(refused.output()).not.toMatch(/^ +at /m)
  },
)

test('a Postgres that cannot be reached is named without its password', async () => {
  const refused = up(await dataFolder(), { DATABASE_URL: 'postgresql://root:hunter2@127.0.0.1:1/x' })
  expect(await refused.ended).toBe(1)
  expect(refused.output()).toContain('DATABASE_URL: Postgres at 127.0.0.1:1 cannot be used')
  expect(refused.output()).not.toContain('hunter2')
})

async function dataFolder(): Promise<string> {
  const folder = await makeDataFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return path.join(folder, 'data')
}

function up(dataDir: string, env: Record<string, string> = {}, flags = ['--json']): RunningProgram {
  const program = runMillrace(['up', ...flags], { ...FREE_PORTS, DATA_DIR: dataDir, ...env })
  onTestFinished(async () => {
    program.child.kill('SIGTERM')
    await program.ended
  })
  return program
}

async function ready(program: RunningProgram): Promise<UpAnswer> {
  return JSON.parse(await program.firstLine) as UpAnswer
}

let sent = 0

function sendSignUp({ api, keys }: UpAnswer): Promise<Response> {
  sent += 1
  const key = keys.find(({ kind }) => kind === 'secret')?.key
  return fetch(`${api}/v1/events`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      messageId: `sign-up-${sent}`,
      type: 'track',
      event: 'user_signed_up',
      userId: `user-${sent}`,
      originalTimestamp: new Date().toISOString(),
      properties: { channel: 'email' },
    }),
  })
}

async function signUpsToday({ exporter }: UpAnswer): Promise<number> {
  const text = await (await fetch(`${exporter}/metrics`)).text()
  return Number(
    /^kpi_sign_ups\{(?=[^}]*channel="email")(?=[^}]*window="today")[^}]*\} (\S+)/m.exec(text)?.[1],
  )
}

async function killPostgres({ dataDir }: UpAnswer): Promise<void> {
  const found = await findEmbeddedPostgres(dataDir)
  const [row] = await query(found?.url ?? '', `select pg_read_file('postmaster.pid') as text`)
  process.kill(Number(String(row?.text).split('\n')[0]), 'SIGKILL')
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
