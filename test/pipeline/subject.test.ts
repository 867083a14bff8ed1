import { addToSpool } from '@millrace/archive/spool'
import { EVENTS_TOPIC, type StampedEvent } from '@millrace/contracts/stamped-event'
import { createPseudonyms } from '@millrace/scrub/pseudonym'
import { expect, test } from 'vitest'
import { openEraser } from '../support/open-eraser.ts'
import { openPipeline } from '../support/open-pipeline.ts'
import { runCommand } from '../support/run-command.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'

const KEY = 'a pseudonym key for tests of erasures'
const OLD_KEY = 'the pseudonym key that was before it'
const ann = createPseudonyms(KEY)('u', 'ann')
const before = createPseudonyms(OLD_KEY)('u', 'ann')
const device = createPseudonyms(KEY)('a', 'device')

type Row = Readonly<Record<string, unknown>>
type Subject = Readonly<Record<string, readonly Row[]>>

const record = (event: StampedEvent) => ({
  key: event.userPerson ?? event.eventId,
  value: JSON.stringify(event),
})

test('a person gets what every store holds, each event once, and nothing of others', async () => {
  const pipeline = await openPipeline()
  const { archive, log, pool, databaseUrl, dataDir } = pipeline
  const env = {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    PSEUDONYM_KEY: KEY,
    PSEUDONYM_KEY_RETIRED: OLD_KEY,
  }
  const ask = async (...ids: readonly string[]): Promise<Subject> => {
    const { code, out } = await runCommand(['subject', ...ids], env)
    expect(code).toBe(0)
    return JSON.parse(out) as Subject
  }
  const order = {
    orderId: 'o1',
    amountMinor: 5,
    currency: 'EUR',
    lines: [{ sku: 'a', quantity: 1, amountMinor: 5 }],
  }
  await pipeline.publish([
    stampedEvent({ messageId: 'm1', userPerson: ann, anonymousPerson: device }),
    stampedEvent({ messageId: 'm2', anonymousPerson: device }),
    stampedEvent({ messageId: 'm3', userPerson: before, event: 'user_signed_up' }),
    stampedEvent({ messageId: 'm4', userPerson: ann, event: 'order_completed', properties: order }),
    stampedEvent({ messageId: 'm5', userPerson: personOf('ben'), anonymousPerson: device }),
    stampedEvent({ messageId: 'm6', userPerson: ann, receivedAt: 'never' }),
  ])
  await pipeline.settled()
  await pool.query(`delete from warehouse.fact_event where event_id = $1`, [
    stampedEvent({ messageId: 'm2' }).eventId,
  ])
  await pipeline.stop()
  await log.publish([
    { topic: EVENTS_TOPIC, records: [record(stampedEvent({ messageId: 'm7', userPerson: ann }))] },
  ])
  const spooled = record(stampedEvent({ messageId: 'm8', userPerson: ann }))
  await addToSpool(archive, [{ topic: EVENTS_TOPIC, records: [spooled] }], new Date())

  const subject = await ask('--user-id', 'ann')
  const messages = (part: string): unknown[] =>
    (subject[part] ?? []).map((row) => (row.event as StampedEvent).messageId)
  expect(subject.identities?.map(({ person_id: id }) => id).sort()).toEqual([ann, before, device].sort())
  expect(subject.fact_event).toHaveLength(3)
  expect(subject.fact_order).toMatchObject([{ order_id: 'o1', amount_minor: 5 }])
  expect(subject.fact_order_line).toMatchObject([{ sku: 'a' }])
  expect(subject.fact_sign_up).toHaveLength(1)
  expect(subject.quarantine).toMatchObject([{ code: 'schema_invalid', record: { messageId: 'm6' } }])
  expect([messages('spool'), messages('log'), messages('archive')]).toEqual([['m8'], ['m7'], ['m2']])
  expect(JSON.stringify(subject)).not.toContain(personOf('ben'))
  // By the device alone, too.
  expect((await ask('--anonymous-id', 'device')).fact_event).toHaveLength(2)

  await openEraser(pipeline, { waitSeconds: 0 }).erase([ann, before])
  const after = await ask('--user-id', 'ann')
  expect(Object.entries(after).filter(([, rows]) => rows.length > 0)).toMatchObject([
    ['log', [{ event: { messageId: 'm7' } }]],
  ])
}, 60_000)

test('a wrong key is told, and says nobody is there to nobody', async () => {
  const pipeline = await openPipeline()
  const { databaseUrl, dataDir, archive } = pipeline
  const known = [{ fingerprint: 'abcdabcd', since: '2026-11-20T12:00:00.000Z' }]
  await archive.putIfAbsent('pseudonym-keys.json', Buffer.from(JSON.stringify({ keys: known })), {})
  const env = { DATABASE_URL: databaseUrl, DATA_DIR: dataDir, PSEUDONYM_KEY: KEY }
  for (const command of ['subject', 'erase']) {
    const { code, notes } = await runCommand([command, '--user-id', 'ann'], env)
    expect(code).toBe(2)
    expect(notes).toContain('people are known by the key abcdabcd')
  }
}, 60_000)
