import type { StoredRecord } from '@millrace/event-log/event-log'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { event, post, SECRET_KEY, startIngest } from '@millrace/ingest-api/ingest-fixture'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

let database: TestDatabase
let log: ReturnType<typeof createPostgresLog>
let api: Awaited<ReturnType<typeof startIngest>>

beforeAll(async () => {
  database = await createTestDatabase()
  log = createPostgresLog({
    connection: database.url,
    clientName: 'ingest-api',
    role: 'millrace_ingest',
    now: () => new Date(),
  })
  await log.ensureTopics(
    ['events.v1', 'quarantine.v1'].map((topic) => ({ topic, partitions: 3, retentionHours: 1 })),
  )
  api = await startIngest({ log })
})
afterAll(async () => {
  await api.close()
  await log.close()
  await database.drop()
})

/** All that the topic holds, read as the loader reads it. */
async function storedIn(topic: string, count: number): Promise<readonly StoredRecord[]> {
  const reader = createPostgresLog({ connection: database.url, clientName: 'test', now: () => new Date() })
  const stored: StoredRecord[] = []
  const consumer = await reader.consume({
    topics: [topic],
    group: crypto.randomUUID(),
    handle: async ({ records }) => void stored.push(...records),
  })
  await expect.poll(() => stored.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count)
  await consumer.close()
  await reader.close()
  return stored
}

test('whatever many clients are told is accepted is in the log, once each, and no more', async () => {
  const requests = Array.from({ length: 60 }, (_, n) => ({
    batch: [event({ userId: `user-${n % 7}` }), event({ event: n % 3 === 0 ? '' : 'custom' }), event()],
  }))
  const answers = await Promise.all(
    requests.map((body) => post(`${api.url}/v1/events`, body, { 'X-Write-Key': SECRET_KEY.key })),
  )
  expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 202))
  const sent = requests.flatMap(({ batch }) => batch.filter(({ event: name }) => name !== ''))
  const records = await storedIn('events.v1', sent.length)
  const ids = records.map(({ value }) => JSON.parse(value).messageId)
  expect(ids.sort()).toEqual(sent.map(({ messageId }) => messageId).sort())
  const people = new Set(records.map(({ key }) => key))
  expect(people.size).toBe(8)
  expect(await storedIn('quarantine.v1', 20)).toHaveLength(20)
})

test('texts that Postgres could not store do not stop the events beside them', async () => {
  const odd = event({ event: 'odd', properties: { note: 'nul \u0000 and half \ud800 a pair', '\u0000': 1 } })
  const bad = { ...event({ event: '' }), properties: { note: '\u0000\udfff' } }
  const before = await database.pool.query('select count(*)::int as n from pipeline.log_chunk')
  const { status, body } = await post(`${api.url}/v1/events`, [odd, event(), bad])
  expect({ status, rejected: body.rejected.length }).toEqual({ status: 202, rejected: 1 })
  const after = await database.pool.query('select count(*)::int as n from pipeline.log_chunk')
  expect(after.rows[0].n).toBeGreaterThan(before.rows[0].n)
  for (const topic of ['events.v1', 'quarantine.v1']) {
    for (const { value } of await storedIn(topic, 21)) {
      await database.pool.query('select $1::jsonb', [value])
    }
  }
})

test('a topic that does not exist is no 202', async () => {
  const stranger = await createTestDatabase()
  const other = createPostgresLog({
    connection: stranger.url,
    clientName: 'ingest-api',
    now: () => new Date(),
  })
  const lost = await startIngest({ log: other })
  expect((await post(`${lost.url}/v1/events`, event())).status).toBeGreaterThanOrEqual(500)
  await lost.close()
  await other.close()
  await stranger.drop()
})
