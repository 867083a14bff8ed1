import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { createFakeLog, event, PUBLIC_KEY, post, startIngest } from '@millrace/ingest-api/ingest-fixture'
import { expect, onTestFinished, test } from 'vitest'
import { type RunningProgram, runMillrace } from '../support/run-program.ts'
import { createTestDatabase } from '../support/test-database.ts'

/** The API on a log that confirms nothing before it is let. */
async function startHeld() {
  const log = createFakeLog()
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const held = {
    ...log,
    publish: async (batches: Parameters<typeof log.publish>[0]) => {
      await released
      await log.publish(batches)
    },
  }
  const api = await startIngest({ log: held })
  onTestFinished(() => api.close())
  return { ...api, log, release }
}

test('requests under way at a stop are stored, answered, and told that the connection closes', async () => {
  const api = await startHeld()
  const requests = Array.from({ length: 20 }, () => post(`${api.url}/v1/events`, event()))
  await expect
    .poll(
      async () => (await api.registry.getSingleMetric('http_requests_in_flight')?.get())?.values[0]?.value,
      { timeout: 10_000 },
    )
    .toBe(20)
  const closed = api.close()
  api.release()
  const answers = await Promise.all(requests)
  await closed
  expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 202))
  expect(answers.map(({ headers }) => headers.get('connection'))).toEqual(requests.map(() => 'close'))
  expect(api.log.events()).toHaveLength(20)
  await expect(fetch(`${api.url}/health/live`)).rejects.toThrow()
})

test('connections that ask for nothing do not hold up a stop', async () => {
  const api = await startHeld()
  api.release()
  await post(`${api.url}/v1/events`, event())
  const silent = connect(api.port, '127.0.0.1')
  const halfway = connect(api.port, '127.0.0.1')
  await Promise.all([once(silent, 'connect'), once(halfway, 'connect')])
  halfway.write('POST /v1/events HTTP/1.1\r\nHost: a\r\n')
  await new Promise((resolve) => setTimeout(resolve, 50))
  const startedAt = performance.now()
  await api.close()
  expect(performance.now() - startedAt).toBeLessThan(1_000)
  silent.destroy()
  halfway.destroy()
})

async function startProcess(databaseUrl: string): Promise<{ program: RunningProgram; url: string }> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'millrace-data-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const program = runMillrace(['ingest-api', '--json'], {
    INGEST_PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    WRITE_KEYS: JSON.stringify([PUBLIC_KEY]),
    PSEUDONYM_KEY: 'a pseudonym key for tests, 32 characters',
  })
  onTestFinished(() => void program.child.kill('SIGKILL'))
  const { url } = JSON.parse(await program.firstLine) as { url: string }
  return { program, url }
}

test('SIGTERM amid traffic loses no event that was answered with 202, and the process ends well', async () => {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const { program, url } = await startProcess(database.url)
  const accepted: unknown[] = []
  let stopped = false
  const client = async (): Promise<void> => {
    while (!stopped) {
      const sent = event({ originalTimestamp: new Date().toISOString() })
      const answer = await post(`${url}/v1/events`, sent).catch(() => undefined)
      if (answer === undefined) return
      if (answer.status === 202) accepted.push(sent.messageId)
    }
  }
  const clients = Array.from({ length: 8 }, client)
  await expect.poll(() => accepted.length, { timeout: 20_000 }).toBeGreaterThan(40)
  program.child.kill('SIGTERM')
  const code = await program.ended
  stopped = true
  await Promise.all(clients)
  expect(code).toBe(0)

  const stored = new Set<unknown>()
  const log = createPostgresLog({ connection: database.url, clientName: 'test', now: () => new Date() })
  const consumer = await log.consume({
    topics: ['events.v1'],
    group: 'test',
    handle: async ({ records }) => {
      for (const { value } of records) stored.add(JSON.parse(value).messageId)
    },
  })
  await expect.poll(() => accepted.filter((id) => !stored.has(id)), { timeout: 10_000 }).toEqual([])
  await consumer.close()
  await log.close()
})

test('a wrong configuration ends the start with the variables named and no value shown', async () => {
  const program = runMillrace(['ingest-api'], {
    DATABASE_URL: 'mysql://secret',
    PSEUDONYM_KEY: 'short',
    CONSENT_POLICY: 'maybe',
  })
  expect(await program.ended).toBe(2)
  const output = program.output()
  for (const name of ['DATABASE_URL', 'PSEUDONYM_KEY', 'CONSENT_POLICY', 'WRITE_KEYS']) {
    expect(output).toContain(`${name}: `)
  }
  expect(output).not.toMatch(/mysql:|short|maybe/)
})
