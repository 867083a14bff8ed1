import { setTimeout as sleep } from 'node:timers/promises'
import type { Archive } from '@millrace/archive/archive'
import { readRecords } from '@millrace/archive/read-records'
import { addToSpool } from '@millrace/archive/spool'
import { createArchiver } from '@millrace/archiver/create-archiver'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC, type StampedEvent } from '@millrace/contracts/stamped-event'
import { createCompleteErasuresJob } from '@millrace/jobs/complete-erasures-job'
import { createCompactor } from '@millrace/jobs/create-compactor'
import type { Receipt } from '@millrace/jobs/create-eraser'
import { createReplaySpoolJob } from '@millrace/jobs/replay-spool-job'
import { createLoader } from '@millrace/loader/create-loader'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createPseudonyms } from '@millrace/scrub/pseudonym'
import { createPool } from '@millrace/warehouse/database'
import { expect, onTestFinished, test } from 'vitest'
import { askMillrace } from '../support/ask-millrace.ts'
import { differences } from '../support/loading.ts'
import { openEraser } from '../support/open-eraser.ts'
import { openPipeline, type Pipeline } from '../support/open-pipeline.ts'
import { openReplay } from '../support/open-replay.ts'
import { runMillrace } from '../support/run-program.ts'
import { searchStores } from '../support/search-stores.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'

const KEY = 'a pseudonym key for tests of erasures'
const pseudonym = createPseudonyms(KEY)
const ann = pseudonym('u', 'ann')
const annsDevice = pseudonym('a', 'device')
const logger = createLogger({ service: 'test', level: 'silent' })
const now = (): Date => new Date()
const running = {
  name: 'complete_erasures',
  ...{ id: '1', data: {}, attempt: 1, signal: new AbortController().signal },
  progress: async () => undefined,
}

let count = 0
function received(given: Partial<StampedEvent>): StampedEvent {
  const timestamp = new Date().toISOString()
  return stampedEvent({ messageId: `m${count++}`, timestamp, receivedAt: timestamp, ...given })
}

/** Events of Ann, of others, and of others on her device. */
function someEvents(): StampedEvent[] {
  return [
    received({ userPerson: ann, anonymousPerson: annsDevice }),
    ...Array.from({ length: 6 }, () => received({ userPerson: ann })),
    received({ anonymousPerson: annsDevice }),
    received({ userPerson: personOf('ben'), anonymousPerson: annsDevice }),
    ...Array.from({ length: 6 }, (_, n) => received({ userPerson: personOf(`other ${n}`) })),
  ]
}

async function spool(archive: Archive, events: readonly StampedEvent[]): Promise<void> {
  const records = events.map((event) => ({ key: event.userPerson ?? 'k', value: JSON.stringify(event) }))
  await addToSpool(archive, [{ topic: EVENTS_TOPIC, records }], new Date(Date.now() - 1_000))
}

async function compact({ archive, jobs }: Pipeline): Promise<void> {
  await createCompactor({ archive, pool: jobs.pool, progress: () => undefined })()
}

const envOf = ({ databaseUrl, dataDir }: Pipeline) => ({
  DATABASE_URL: databaseUrl,
  DATA_DIR: dataDir,
  PSEUDONYM_KEY: KEY,
})

async function filled(): Promise<Pipeline> {
  const pipeline = await openPipeline({ flushRecords: 3 })
  await pipeline.publish(someEvents())
  await pipeline.settled()
  await compact(pipeline)
  await spool(pipeline.archive, [received({ userPerson: ann }), received({ userPerson: personOf('ben') })])
  return pipeline
}

/** An archive whose process dies at its nth write, before it is done or after. */
function dyingArchive(archive: Archive, nth: number, when: 'before' | 'after'): Archive {
  let left = nth
  async function write<T>(work: () => Promise<T>): Promise<T> {
    if (left <= 0 || (left === 1 && when === 'before')) throw new Error('killed')
    left -= 1
    const done = await work()
    if (left === 0) throw new Error('killed')
    return done
  }
  return {
    ...archive,
    putIfAbsent: (...given) => write(() => archive.putIfAbsent(...given)),
    replaceIfUnchanged: (...given) => write(() => archive.replaceIfUnchanged(...given)),
    delete: (...given) => write(() => archive.delete(...given)),
  }
}

const counted = ({ warehouse, archive, pseudonyms }: Receipt) => ({ warehouse, archive, pseudonyms })

test.each(['before', 'after'] as const)(
  'an erasure that dies %s any of its writes is ended by the next one, with the same counts',
  async (when) => {
    const whole = await filled()
    const [expected] = await openEraser(whole).erase([ann])

    const pipeline = await filled()
    let receipt: Receipt | undefined
    let tries = 0
    for (; !receipt; tries++) {
      const archive = dyingArchive(pipeline.archive, tries + 1, when)
      const eraser = openEraser(pipeline, { archive })
      try {
        receipt = tries === 0 ? (await eraser.erase([ann]))[0] : (await eraser.resume())[0]
      } catch (error) {
        expect((error as Error).message).toBe('killed')
      }
      expect(tries).toBeLessThan(40)
    }
    expect(tries).toBeGreaterThan(4)
    expect(counted(receipt)).toEqual(expected && counted(expected))
    expect(await searchStores(pipeline, [ann, annsDevice])).toEqual([])
    expect(await differences(pipeline.pool)).toEqual([])
  },
  120_000,
)

test('kill -9 in the middle of the facts leaves all of them, and the next run ends what was begun', async () => {
  const pipeline = await filled()
  const blocker = await pipeline.pool.connect()
  onTestFinished(() => blocker.release(true))
  await blocker.query('begin; lock table pipeline.quarantine in access exclusive mode')
  const erasing = runMillrace(['erase', '--user-id', 'ann', '--wait', '0'], envOf(pipeline))
  const waiting = `select count(*)::int as n from pg_locks where not granted and relation = 'pipeline.quarantine'::regclass`
  await expect.poll(async () => (await pipeline.pool.query(waiting)).rows[0].n, { timeout: 20_000 }).toBe(1)
  erasing.child.kill('SIGKILL')
  await erasing.ended
  await blocker.query('rollback')
  const events = 'select count(*)::int as n from warehouse.fact_event where person_id = $1'
  expect((await pipeline.pool.query(events, [ann])).rows[0].n).toBe(7)

  // What comes of her meanwhile goes too.
  await pipeline.publish([received({ userPerson: ann })])
  await pipeline.settled()
  expect((await pipeline.pool.query(events, [ann])).rows[0].n).toBe(7)
  const { answer } = await askMillrace<Receipt & { completed: Receipt[] }>(
    ['erase', '--user-id', 'ann'],
    envOf(pipeline),
  )
  expect(answer.completed).toMatchObject([{ pending: [], warehouse: { facts: { fact_event: 8 } } }])
  expect(answer.warehouse.facts.fact_event).toBe(0)
  expect(await searchStores(pipeline, [ann, annsDevice])).toEqual([])
}, 60_000)

test('events that keep coming while a person is erased are counted when they were received after it, else gone', async () => {
  const pipeline = await openPipeline({ flushRecords: 20 })
  const { pool, archive } = pipeline
  const sent: StampedEvent[] = []
  let sending = true
  const stream = (async () => {
    for (let n = 0; sending; n++) {
      const who = n % 3 === 0 ? { userPerson: personOf(`other ${n % 5}`) } : { userPerson: ann }
      const events = [received(who), received({ ...who, anonymousPerson: annsDevice })]
      sent.push(...events)
      await pipeline.publish(events)
      await sleep(3)
    }
  })()
  await expect.poll(() => sent.length, { timeout: 20_000 }).toBeGreaterThan(200)
  const [receipt] = await openEraser(pipeline).erase([ann])
  const { erasedAt = '' } = receipt ?? {}
  while (Date.now() < Date.parse(erasedAt) + 300) await sleep(50)
  sending = false
  await stream
  await pipeline.settled()

  const isAnns = ({ userPerson }: StampedEvent): boolean => userPerson === ann
  const later = sent.filter((event) => isAnns(event) && event.receivedAt >= erasedAt)
  expect(later.length).toBeGreaterThan(10)
  const { rows } = await pool.query<{ id: string }>(
    'select event_id as id from warehouse.fact_event where person_id = $1',
    [ann],
  )
  expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(later.map(({ eventId }) => eventId)))
  const archived: string[] = []
  for await (const key of archive.list('raw/')) {
    for await (const record of readRecords(archive, key)) {
      if (!record.erased && isAnns(record.event as StampedEvent))
        archived.push((record.event as StampedEvent).eventId)
    }
  }
  expect(new Set(archived)).toEqual(new Set(later.map(({ eventId }) => eventId)))
  const reconciled = await askMillrace<object>(['reconcile', '--deep'], envOf(pipeline))
  expect(reconciled.answer).toMatchObject({ balanced: true, findings: [] })
  const [from, to] = [sent[0]?.timestamp.slice(0, 10), sent.at(-1)?.timestamp.slice(0, 10)]
  const replayed = await askMillrace<object>(
    ['replay', '--from', `${from}`, '--to', `${to}`],
    envOf(pipeline),
  )
  expect(replayed.answer).toMatchObject({ identical: true })
  expect(await differences(pool)).toEqual([])
}, 90_000)

test('what is not archived and not loaded yet waits in the receipt, goes when it comes, and the job ends the erasure', async () => {
  const pipeline = await openPipeline()
  const { pool, log, archive, jobs } = pipeline
  await pipeline.stop()
  await pipeline.publish(someEvents())
  const [receipt] = await openEraser(pipeline, { waitSeconds: 0 }).erase([ann, annsDevice])
  expect(receipt?.pending.reduce((sum, { records }) => sum + records, 0)).toBe(15)
  expect(receipt?.notLoaded.reduce((sum, { records }) => sum + records, 0)).toBe(15)
  const job = createCompleteErasuresJob({ pool: jobs.pool, archive, log: jobs.log, now })
  expect(await job.run(running)).toMatchObject({ finished: 0, pending: 1 })

  const registry = createServiceMetrics()
  const loaderPool = createPool({ url: pipeline.databaseUrl, role: 'millrace_loader', name: 'test' })
  const parts = { log, archive, logger, registry, now, timeZone: 'UTC' }
  const loader = await createLoader({ ...parts, pool: loaderPool })
  const topics = [EVENTS_TOPIC, QUARANTINE_TOPIC]
  const archiver = await createArchiver({ ...parts, topics, flushSeconds: 0.1 })
  await pipeline.settled()
  await Promise.all([loader.close(), archiver.close()])
  await loaderPool.end()
  const { rows } = await pool.query(
    'select sum(erased)::int as erased, sum(loaded)::int as loaded from pipeline.load_ledger',
  )
  expect(rows).toEqual([{ erased: 8, loaded: 7 }])
  expect(await job.run(running)).toMatchObject({ finished: 1, pending: 0 })
  expect(await searchStores(pipeline, [ann, annsDevice])).toEqual([])
  await compact(pipeline)
  expect(await searchStores(pipeline, [ann, annsDevice])).toEqual([])
  const reconciled = await askMillrace<object>(['reconcile', '--deep'], envOf(pipeline))
  expect(reconciled.answer).toMatchObject({ balanced: true, findings: [] })
}, 60_000)

/** An archive whose first write below a prefix waits; `reached` resolves when it does. */
function gatedArchive(archive: Archive, prefix: string) {
  let open = (): void => undefined
  let arrive = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const reached = new Promise<void>((resolve) => {
    arrive = resolve
  })
  async function pass<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (key.startsWith(prefix)) {
      arrive()
      await gate
    }
    return work()
  }
  const gated: Archive = {
    ...archive,
    putIfAbsent: (...given) => pass(given[0], () => archive.putIfAbsent(...given)),
    replaceIfUnchanged: (...given) => pass(given[0], () => archive.replaceIfUnchanged(...given)),
  }
  return { archive: gated, reached, open }
}

test('an object that the archiver had made before the tombstones, and puts after the erasure looked, is looked into again', async () => {
  const pipeline = await openPipeline()
  await pipeline.stop()
  const { log, jobs } = pipeline
  const gated = gatedArchive(pipeline.archive, 'raw/')
  await pipeline.publish([received({ userPerson: ann }), received({ userPerson: ann })])
  const topics = [EVENTS_TOPIC, QUARANTINE_TOPIC]
  const archiver = await createArchiver({
    ...{ log, archive: gated.archive, topics, timeZone: 'UTC', logger, now, flushSeconds: 0.1 },
    registry: createServiceMetrics(),
  })
  await gated.reached
  const [receipt] = await openEraser(pipeline, { waitSeconds: 0 }).erase([ann])
  expect(receipt?.pending).toMatchObject([{ topic: EVENTS_TOPIC, records: 2 }])
  gated.open()
  const { archive } = pipeline
  const job = createCompleteErasuresJob({ pool: jobs.pool, archive, log: jobs.log, now })
  await expect.poll(() => job.run(running), { timeout: 20_000 }).toMatchObject({ finished: 1 })
  expect(await searchStores(pipeline, [ann])).toEqual([])
  const { rows } = await pipeline.pool.query(
    `select receipt #> '{archive,raw,erased}' as erased from pipeline.erasure`,
  )
  expect(rows).toEqual([{ erased: 2 }])
  await archiver.close()
}, 60_000)

test('a compactor that has read a person before the tombstones is waited for', async () => {
  const pipeline = await openPipeline({ flushRecords: 3 })
  await pipeline.publish(someEvents())
  await pipeline.settled()
  const gated = gatedArchive(pipeline.archive, 'parquet/events/')
  const compacting = compact({ ...pipeline, archive: gated.archive })
  await gated.reached
  const erasing = openEraser(pipeline).erase([ann])
  const waiting = `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted`
  await expect
    .poll(async () => (await pipeline.pool.query(waiting)).rows[0].n, { timeout: 20_000 })
    .toBeGreaterThan(0)
  gated.open()
  await compacting
  await erasing
  expect(await searchStores(pipeline, [ann, annsDevice])).toEqual([])
}, 60_000)

test('a replay that was read before an erasure brings nobody back', async () => {
  const pipeline = await openPipeline()
  const { pool, databaseUrl, archive } = pipeline
  await pipeline.publish(someEvents())
  await pipeline.settled()
  const day = new Date().toISOString().slice(0, 10)
  const replaying = await openReplay(databaseUrl, archive, { timeZone: 'UTC' })
  const { swap } = await replaying.replay({ days: { from: day, to: day } })
  await openEraser(pipeline).erase([ann])
  await expect(swap()).rejects.toMatchObject({ code: 'already_running' })
  await replaying.close()
  expect(await searchStores(pipeline, [ann, annsDevice])).toEqual([])
  expect(await differences(pool)).toEqual([])
}, 60_000)

test('what is spooled after the erasure, but was received before, is published and goes there', async () => {
  const pipeline = await filled()
  await openEraser(pipeline).erase([ann])
  const before = new Date(Date.now() - 10_000).toISOString()
  await spool(pipeline.archive, [received({ userPerson: ann, receivedAt: before, timestamp: before })])
  const registry = createServiceMetrics()
  const { archive, log, pool } = pipeline
  await createReplaySpoolJob({ log, archive, logger, registry, now }).run(running)
  await pipeline.settled()
  expect(await searchStores(pipeline, [ann, annsDevice])).toEqual([])
  const { rows } = await pool.query('select sum(erased)::int as erased from pipeline.load_ledger')
  expect(rows).toEqual([{ erased: 1 }])
}, 60_000)

test('tombstones leave the archive once neither log nor spool can hold anything from before', async () => {
  const pipeline = await filled()
  const { pool, archive, jobs } = pipeline
  await openEraser(pipeline).erase([ann])
  const tombstones = async (): Promise<string[]> => {
    const keys: string[] = []
    for await (const key of archive.list('erased/')) keys.push(key)
    return keys
  }
  const job = createCompleteErasuresJob({ pool: jobs.pool, archive, log: jobs.log, now })
  await job.run(running)
  expect(await tombstones()).toHaveLength(1)
  await pool.query(
    `update pipeline.erasure set erased_at = erased_at - interval '2 hours',
       receipt = jsonb_set(receipt, '{log,keptUntil}', to_jsonb(now() - interval '1 hour'))`,
  )
  await job.run(running)
  expect(await tombstones()).toEqual([])
}, 60_000)
