import { execFile } from 'node:child_process'
import { appendFile, chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@millrace/runtime/embedded-postgres'
import { findEmbeddedPostgres } from '@millrace/runtime/find-embedded-postgres'
import { createLogger } from '@millrace/runtime/logger'
import pg from 'pg'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { ROOT, type RunningProgram, runTypeScript } from '../support/run-program.ts'

const logger = createLogger({ service: 'test', level: 'silent' })
const run = promisify(execFile)
const isRoot = process.getuid?.() === 0
const NOBODY = 65_534

let template: string

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-embedded-'))
  await chmod(folder, 0o711)
  template = path.join(folder, 'data')
  const postgres = await startEmbeddedPostgres({ dataDir: template, logger })
  await postgres.close()
  return () => rm(folder, { recursive: true, force: true })
})

test('what was written is there after a restart, on the same port, without waiting for a recovery', async () => {
  const dataDir = await dataFolder()
  const first = await start(dataDir)
  expect(first.adopted).toBe(false)
  await query(first.url, 'create table kept as select 42 as answer')
  await first.close()
  const second = await start(dataDir)
  expect(second).toMatchObject({ url: first.url, port: first.port, adopted: false })
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('it is durable, speaks UTF-8 and UTC, and listens to this machine alone', async () => {
  const { url } = await start(await dataFolder())
  const settings = ['fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'TimeZone']
  const rows = await query(url, `select name, setting from pg_settings where name = any ('{${settings}}')`)
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    listen_addresses: '127.0.0.1',
    TimeZone: 'UTC',
  })
  expect(await query(url, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }])
  const stranger = new URL(url)
  stranger.password = 'guessed'
  await expect(query(stranger.href, 'select 1')).rejects.toThrow(/password authentication failed/)
})

test('a second start on one data folder is refused, and told which process has it', async () => {
  const dataDir = await dataFolder()
  const { url } = await start(dataDir)
  await expect(startEmbeddedPostgres({ dataDir, logger })).rejects.toMatchObject({
    code: 'already_running',
    message: expect.stringContaining(`pid ${process.pid}`),
  })
  expect(await query(url, 'select 1 as still_there')).toEqual([{ still_there: 1 }])
})

test('of two that start at once on a new folder one gets it, the other is refused', async () => {
  const dataDir = await emptyFolder()
  const both = await Promise.allSettled([start(dataDir), start(dataDir)])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'already_running' },
  })
})

test('after a kill -9 of its process it runs on, is adopted with all that was committed, and is stopped at close', async () => {
  const dataDir = await dataFolder()
  const holder = hold(dataDir)
  const { url } = JSON.parse(await holder.firstLine) as EmbeddedPostgres
  await query(url, 'create table kept as select 42 as answer')
  holder.child.kill('SIGKILL')
  await holder.ended
  expect(await query(url, 'select 1 as alive')).toEqual([{ alive: 1 }])
  const adopting = await start(dataDir)
  expect(adopting).toMatchObject({ url, adopted: true })
  expect(await query(url, 'select answer from kept')).toEqual([{ answer: 42 }])
  const started = Date.now()
  await adopting.close()
  expect(Date.now() - started).toBeLessThan(5000)
  await expect(query(url, 'select 1')).rejects.toThrow(/ECONNREFUSED/)
})

test('a Postgres that was killed is back on its port, with its data, without anyone asking', async () => {
  const dataDir = await dataFolder()
  const { url } = await start(dataDir)
  await query(url, 'create table kept as select 42 as answer')
  const { folder } = await clusterOf(dataDir)
  process.kill(await postmasterPid(folder), 'SIGKILL')
  await expect
    .poll(() => query(url, 'select answer from kept').catch(() => 'away'), { timeout: 20_000 })
    .toEqual([{ answer: 42 }])
  await expect.poll(async () => (await findEmbeddedPostgres(dataDir))?.holder).toBe(process.pid)
})

test('one that another process has taken meanwhile is left to that one', async () => {
  const dataDir = await dataFolder()
  const asleep = hold(dataDir)
  await asleep.firstLine
  asleep.child.kill('SIGSTOP')
  const { folder } = await clusterOf(dataDir)
  process.kill(await postmasterPid(folder), 'SIGKILL')
  const { url } = await start(dataDir)
  asleep.child.kill('SIGCONT')
  await sleep(3000)
  asleep.child.kill('SIGTERM')
  expect(await asleep.ended).toBe(0)
  expect(await query(url, 'select 1 as still_there')).toEqual([{ still_there: 1 }])
}, 30_000)

test('one that does not answer any more is stopped all the same, within 5 s, also while the clock is set back', async () => {
  const dataDir = await dataFolder()
  const { close } = await start(dataDir)
  const { folder } = await clusterOf(dataDir)
  const pid = await postmasterPid(folder)
  const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(pid)])
  const backends = stdout.trim().split(/\s+/).map(Number)
  const all = [pid, ...backends]
  for (const each of all) process.kill(each, 'SIGSTOP')
  onTestFinished(() => {
    // They end of themselves when they go on without their postmaster.
    for (const each of backends) process.kill(each, 'SIGCONT')
  })
  const started = performance.now()
  let clock = Date.now()
  vi.spyOn(Date, 'now').mockImplementation(() => {
    clock -= 1_000
    return clock
  })
  onTestFinished(() => void vi.restoreAllMocks())
  await close()
  expect(performance.now() - started).toBeLessThan(5_000)
  expect(await findEmbeddedPostgres(dataDir)).toBeUndefined()
})

test('one that does not start says why', async () => {
  const dataDir = await dataFolder()
  await spoil(dataDir)
  const failed = await startEmbeddedPostgres({ dataDir, logger }).catch((error: Error) => error)
  expect(failed).toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(/does not start\. Its last words:\n.*no_such_setting/s),
  })
})

test.runIf(isRoot)('one that does not start on a disk that is nearly full says so', async (context) => {
  const place = await mkdtemp(path.join(tmpdir(), 'millrace-small-'))
  onTestFinished(() => rm(place, { recursive: true }))
  const small = ['-t', 'tmpfs', '-o', 'size=90m,mode=711', 'tmpfs', place]
  const mounted = await run('mount', small).catch(() => undefined)
  context.skip(!mounted, 'this container may not mount')
  onTestFinished(async () => void (await run('umount', [place])))
  const dataDir = path.join(place, 'data')
  await run('cp', ['-a', template, dataDir])
  await spoil(dataDir)
  await expect(startEmbeddedPostgres({ dataDir, logger })).rejects.toThrow(/Its disk has \d+ MB left\./)
})

test('a pid file whose number is now another process is no obstacle, and that process is left alone', async () => {
  const dataDir = await dataFolder()
  const first = await start(dataDir)
  await first.close()
  const { folder } = await clusterOf(dataDir)
  const data = path.join(folder, 'data')
  await writeFile(
    path.join(data, 'postmaster.pid'),
    `${process.pid}\n${data}\n1700000000\n${first.port}\n\n127.0.0.1\n`,
  )
  const second = await start(dataDir)
  expect(second.adopted).toBe(false)
  expect(await query(second.url, 'select 1 as fine')).toEqual([{ fine: 1 }])
})

test('a port that somebody else has taken meanwhile is exchanged for a free one', async () => {
  const dataDir = await dataFolder()
  const first = await start(dataDir)
  await first.close()
  const squatter = createServer().listen(first.port, '127.0.0.1')
  onTestFinished(() => void squatter.close())
  const second = await start(dataDir)
  expect(second.port).not.toBe(first.port)
  expect(await query(second.url, 'select 1 as fine')).toEqual([{ fine: 1 }])
})

test('it is found while it runs, with the process that has it', async () => {
  const dataDir = await dataFolder()
  const { url, close } = await start(dataDir)
  expect(await findEmbeddedPostgres(dataDir)).toEqual({ url, holder: process.pid })
  await close()
  expect(await findEmbeddedPostgres(dataDir)).toBeUndefined()
})

test('files of another major version are refused by name, untouched', async () => {
  const dataDir = await dataFolder()
  const first = await start(dataDir)
  await first.close()
  const { folder } = await clusterOf(dataDir)
  await writeFile(path.join(folder, 'data/PG_VERSION'), '11\n')
  await expect(startEmbeddedPostgres({ dataDir, logger })).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/Postgres 11.*DATABASE_URL/s),
  })
})

test('the password is readable by its owner alone', async () => {
  const dataDir = await dataFolder()
  await start(dataDir)
  const { folder } = await clusterOf(dataDir)
  expect((await stat(path.join(folder, 'password'))).mode & 0o777).toBe(0o600)
})

test.runIf(isRoot)('root’s Postgres runs as another user, its files belong to that user', async () => {
  const dataDir = await dataFolder()
  await start(dataDir)
  const { folder } = await clusterOf(dataDir)
  expect(folder).toBe(path.join(dataDir, 'postgres'))
  expect((await stat(path.join(folder, 'data'))).uid).not.toBe(0)
})

test.runIf(isRoot)(
  'root’s data folder that no other user can reach keeps a note where the data are',
  async () => {
    const dataDir = await emptyFolder()
    await chmod(path.dirname(dataDir), 0o700)
    const first = await start(dataDir)
    const { folder } = await clusterOf(dataDir)
    onTestFinished(() => rm(path.dirname(folder), { recursive: true, force: true }))
    expect(folder).toMatch(/^\/var\/lib\/millrace\//)
    await query(first.url, 'create table kept as select 42 as answer')
    await first.close()
    const second = await start(dataDir)
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  },
)

test.runIf(isRoot)(
  'one that runs elsewhere is stopped when its data folder was deleted and is made anew',
  async () => {
    const dataDir = await emptyFolder()
    await chmod(path.dirname(dataDir), 0o700)
    const holder = hold(dataDir)
    const { url } = JSON.parse(await holder.firstLine) as EmbeddedPostgres
    const forgotten = await clusterOf(dataDir)
    onTestFinished(() => rm(path.dirname(forgotten.folder), { recursive: true, force: true }))
    holder.child.kill('SIGKILL')
    await holder.ended
    await rm(dataDir, { recursive: true })
    const next = await start(dataDir)
    const { folder } = await clusterOf(dataDir)
    onTestFinished(() => rm(path.dirname(folder), { recursive: true, force: true }))
    expect(folder).not.toBe(forgotten.folder)
    expect(await query(next.url, 'select 1 as fine')).toEqual([{ fine: 1 }])
    await expect(query(url, 'select 1')).rejects.toThrow(/ECONNREFUSED/)
    await next.close()
  },
)

test.runIf(isRoot)(
  'an ordinary user’s Postgres runs as that user, with all its files in the data folder',
  async (context) => {
    const readable = ((await stat(ROOT)).mode & 0o005) === 0o005
    context.skip(!readable, 'the checkout cannot be read by other users')
    const dataDir = await emptyFolder()
    await mkdir(dataDir)
    await chown(dataDir, NOBODY, NOBODY)
    const holder = hold(dataDir, { uid: NOBODY, gid: NOBODY })
    const { url } = JSON.parse(await holder.firstLine) as EmbeddedPostgres
    expect(await query(url, 'select 1 as fine')).toEqual([{ fine: 1 }])
    expect((await stat(path.join(dataDir, 'postgres/data'))).uid).toBe(NOBODY)
    holder.child.kill('SIGTERM')
    expect(await holder.ended).toBe(0)
  },
)

/** The data folder of a Postgres that was made before; a copy, as making one takes longest. */
async function dataFolder(): Promise<string> {
  const dataDir = await emptyFolder()
  await run('cp', ['-a', template, dataDir])
  return dataDir
}

/** The path of a data folder to be. */
async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-embedded-'))
  // As root the server runs as another user, who must be able to go in.
  await chmod(folder, 0o711)
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return path.join(folder, 'data')
}

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, logger })
  onTestFinished(() => postgres.close())
  return postgres
}

function hold(dataDir: string, user: { uid?: number; gid?: number } = {}): RunningProgram {
  const holder = runTypeScript('./hold-embedded-postgres.ts', [dataDir], user)
  onTestFinished(async () => {
    holder.child.kill('SIGTERM')
    await holder.ended
  })
  return holder
}

async function clusterOf(dataDir: string): Promise<{ folder: string }> {
  const far = await readFile(path.join(dataDir, 'postgres-location'), 'utf8').catch(() => undefined)
  return { folder: far?.trim() ?? path.join(dataDir, 'postgres') }
}

/** Makes the server refuse its settings. */
async function spoil(dataDir: string): Promise<void> {
  const { folder } = await clusterOf(dataDir)
  await appendFile(path.join(folder, 'data/postgresql.conf'), '\nno_such_setting = 1\n')
}

async function postmasterPid(folder: string): Promise<number> {
  return Number((await readFile(path.join(folder, 'data/postmaster.pid'), 'utf8')).split('\n')[0])
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(sql)).rows
  } finally {
    await client.end().catch(() => {})
  }
}
