import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { WriteKeys } from '@millrace/contracts/write-key'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { startTcpProxy } from '../adapters/tcp-proxy.ts'
import { createTestBucket } from '../support/create-test-bucket.ts'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { bucketEnv } from '../support/parts-env.ts'
import { runCommand } from '../support/run-command.ts'
import { type RunningProgram, runMillrace } from '../support/run-program.ts'
import { testS3 } from '../support/servers.ts'
import { type StartedUp, startUp } from '../support/start-up.ts'
import { createTestDatabase } from '../support/test-database.ts'

const WRITE_KEYS = WriteKeys.parse([{ key: 'pk_web_of_keys', source: 'web', kind: 'public' }])
const OLD = 'hunter2 the key before, of 32 characters'
const NEW = 'hunter2 the key after, of 32 characters'

let folder: string
let dataDir: string
let databaseUrl: string
beforeEach(async () => {
  folder = await makeDataFolder()
  dataDir = path.join(folder, 'data')
  const database = await createTestDatabase()
  databaseUrl = database.url
  return async () => {
    await rm(folder, { recursive: true, force: true })
    await database.drop()
  }
})

function api(env: Readonly<Record<string, string>>): RunningProgram {
  const program = runMillrace(['ingest-api', '--json'], {
    ...{ INGEST_PORT: '0', LOG_LEVEL: 'debug', WRITE_KEYS: JSON.stringify(WRITE_KEYS) },
    ...{ DATA_DIR: dataDir, DATABASE_URL: databaseUrl },
    ...env,
  })
  onTestFinished(async () => {
    program.child.kill('SIGKILL')
    await program.ended
  })
  return program
}

test('neither key is in what a running API says, answers or measures', async () => {
  const program = api({ PSEUDONYM_KEY: NEW, PSEUDONYM_KEY_RETIRED: OLD })
  const { url } = JSON.parse(await program.firstLine) as { url: string }
  const answers: string[] = []
  for (const body of ['not json', '{"batch":[{"type":"track"}]}', '[{"event":"page_viewed","userId":"u"}]']) {
    const headers = { 'X-Write-Key': 'pk_web_of_keys', 'Content-Type': 'application/json' }
    const response = await fetch(`${url}/v1/events`, { method: 'POST', headers, body })
    answers.push(await response.text())
  }
  for (const place of ['/metrics', '/docs', '/openapi.json', '/health/ready']) {
    answers.push(await (await fetch(url + place)).text())
  }
  program.child.kill('SIGTERM')
  expect(await program.ended).toBe(0)
  expect(program.output()).toContain('"request"')
  expect(program.output() + answers.join('\n')).not.toContain('hunter2')
}, 60_000)

test.each([
  ['too short a key', { PSEUDONYM_KEY: 'hunter2' }, /PSEUDONYM_KEY: expected a secret of at least 32/],
  ['too short a retired key', { PSEUDONYM_KEY: NEW, PSEUDONYM_KEY_RETIRED: 'hunter2' }, /RETIRED: expected/],
  ['one key as both', { PSEUDONYM_KEY: NEW, PSEUDONYM_KEY_RETIRED: NEW }, /RETIRED: is the current key too/],
  ['a retired key alone', { PSEUDONYM_KEY_RETIRED: OLD }, /PSEUDONYM_KEY: expected a secret/],
  ['a file that is not there', { PSEUDONYM_KEY: '@/hunter2' }, /PSEUDONYM_KEY: expected @ and the path/],
])('%s ends the start of an API, is named and not repeated', async (_what, keys, expected) => {
  const program = api(keys)
  expect(await program.ended).toBe(2)
  expect(program.output()).toMatch(expected)
  expect(program.output()).not.toContain('hunter2')
})

test('an API with a key that nobody is known by is refused, and neither key is said', async () => {
  const first = api({ PSEUDONYM_KEY: OLD })
  await first.firstLine
  const second = api({ PSEUDONYM_KEY: NEW })
  expect(await second.ended).toBe(2)
  expect(second.output()).toMatch(
    /PSEUDONYM_KEY: people in the archive are known by the key with fingerprint/,
  )
  expect(second.output()).not.toContain('hunter2')
  const rotated = api({ PSEUDONYM_KEY: NEW, PSEUDONYM_KEY_RETIRED: OLD })
  expect(await rotated.firstLine).toContain('ingest-api')
  const doctor = await runCommand(['doctor', '--json'], { DATA_DIR: dataDir, PSEUDONYM_KEY: NEW })
  expect(JSON.parse(doctor.out)).toContainEqual({
    ...{ check: 'pseudonym key', status: 'ok' },
    detail: expect.stringMatching(/^[\da-f]{8}, in use since 2/),
  })
  const wrong = await runCommand(['doctor', '--json'], { DATA_DIR: dataDir, PSEUDONYM_KEY: `${NEW} not` })
  expect(JSON.parse(wrong.out)).toContainEqual(
    expect.objectContaining({ check: 'pseudonym key', status: 'failed' }),
  )
  expect(doctor.out + doctor.notes + wrong.out + wrong.notes).not.toContain('hunter2')
}, 60_000)

test('an API that was up before its archive ends when that tells that its key is another one', async () => {
  const s3 = await testS3()
  const bucket = bucketEnv(s3, await createTestBucket(s3))
  const { hostname, port } = new URL(s3.endpoint)
  const proxy = await startTcpProxy({ host: hostname, port: Number(port) })
  onTestFinished(() => proxy.close())
  await api({ ...bucket, PSEUDONYM_KEY: OLD }).firstLine
  proxy.set('cut')
  const late = { ...bucket, S3_ENDPOINT: `http://127.0.0.1:${proxy.port}` }
  const program = api({ ...late, PSEUDONYM_KEY: NEW })
  const { url } = JSON.parse(await program.firstLine) as { url: string }
  expect((await fetch(`${url}/health/live`)).status).toBe(200)
  proxy.set('open')
  expect(await program.ended).toBe(2)
  expect(program.output()).toContain('PSEUDONYM_KEY: people in the archive are known by the key')
}, 60_000)

test('no help shows a key of the environment', async () => {
  for (const verb of ['ingest-api', 'up', 'scrub', 'doctor']) {
    const { out, notes } = await runCommand([verb, '--help'], {
      PSEUDONYM_KEY: NEW,
      PSEUDONYM_KEY_RETIRED: OLD,
    })
    expect(out).toContain('Usage')
    expect(out + notes).not.toContain('hunter2')
  }
})

test('a person counts once on a day on which the kept key is replaced by one of the environment', async () => {
  const seen = async (up: StartedUp, n: number): Promise<void> => {
    const event = { messageId: `m-${n}`, type: 'page', anonymousId: 'visitor', userId: 'user' }
    // A client's retry of what the API took under the old key.
    const again = { ...event, messageId: 'm-0' }
    expect((await up.post([event, again])).answer).toMatchObject({ accepted: 2 })
    await up.loaded()
  }
  const before = await startUp(dataDir, WRITE_KEYS)
  await seen(before, 1)
  await before.stop()

  const kept = path.join(dataDir, 'pseudonym-key')
  const refused = runMillrace(['up'], { DATA_DIR: dataDir, INGEST_PORT: '0', PSEUDONYM_KEY: NEW })
  expect(await refused.ended).toBe(2)
  expect(refused.output()).toContain(`PSEUDONYM_KEY_RETIRED=@${kept}`)
  expect(refused.output()).not.toContain((await readFile(kept, 'utf8')).trim())

  const keyFile = path.join(folder, 'key')
  await writeFile(keyFile, `${NEW}\n`)
  const keys = { PSEUDONYM_KEY: `@${keyFile}`, PSEUDONYM_KEY_RETIRED: `@${kept}` }
  const after = await startUp(dataDir, WRITE_KEYS, keys)
  onTestFinished(() => after.stop())
  await seen(after, 2)
  const count = async (kpi: string) =>
    (await after.ask<{ value: number }[]>('kpi', 'show', kpi)).map(({ value }) => value)
  expect(await count('daily_active_users')).toEqual([1])
  expect(await count('sessions')).toEqual([1])
  expect(await count('events')).toEqual([3])
  expect(await after.query('select code from pipeline.quarantine')).toEqual([])
  expect(after.program.output()).not.toContain('hunter2')
}, 120_000)
