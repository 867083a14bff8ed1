import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { type ArchivedRange, listArchived } from '@millrace/archive/list-archived'
import { readRecords } from '@millrace/archive/read-records'
import { addToSpool } from '@millrace/archive/spool'
import { runCli } from '@millrace/cli/run-cli'
import { EVENTS_TOPIC, type StampedEvent } from '@millrace/contracts/stamped-event'
import { createAccountReader, readEnds } from '@millrace/jobs/create-account-reader'
import { createReconcileJob } from '@millrace/jobs/reconcile-job'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { moveFirstDay } from '@millrace/warehouse/facts-kept'
import { findingsOf } from '@millrace/warehouse/reconcile-findings'
import { describe, expect, test } from 'vitest'
import { openPipeline, type Pipeline } from '../support/open-pipeline.ts'
import { stampedEvent } from '../support/stamped-event.ts'

const EVENTS = 400

/** A settled pipeline of several objects a partition, with a duplicate, an ignored event and one in quarantine. */
async function openSettled(): Promise<Pipeline> {
  const pipeline = await openPipeline()
  const events = Array.from({ length: EVENTS }, (_, n) => stampedEvent({ messageId: `m${n}` }))
  await pipeline.publish([
    ...events,
    events[0] as StampedEvent,
    stampedEvent({ messageId: 'group', type: 'group', event: 'group' }),
    'no event at all',
  ])
  await pipeline.settled()
  return pipeline
}

interface Answer {
  readonly balanced: boolean
  readonly findings: readonly Record<string, unknown>[]
  readonly spooledBatches: number
  readonly partitions: readonly unknown[]
  readonly deep?: unknown
}

async function reconcile({ databaseUrl, dataDir }: Pipeline, ...flags: string[]) {
  const out: string[] = []
  let code = 0
  await runCli(['reconcile', '--wait', '0', ...flags], {
    env: { DATABASE_URL: databaseUrl, DATA_DIR: dataDir },
    out: (line) => out.push(line),
    note: () => undefined,
    exitWith: (given) => {
      code = given
    },
    now: () => new Date(),
  })
  return { code, text: out.join('\n') }
}

async function ask(pipeline: Pipeline, ...flags: string[]): Promise<Answer & { code: number }> {
  const { code, text } = await reconcile(pipeline, '--json', ...flags)
  return { code, ...(JSON.parse(text) as Answer) }
}

async function objectsOf({ archive }: Pipeline): Promise<ArchivedRange[]> {
  const objects: ArchivedRange[] = []
  for await (const object of listArchived(archive, EVENTS_TOPIC)) objects.push(object)
  return objects
}

interface Spot {
  readonly object: ArchivedRange
  readonly offset: number
  readonly event: StampedEvent
}

/** A loaded event in the midst of an object of the archive that is not the last of its partition. */
async function somewhere(pipeline: Pipeline): Promise<Spot> {
  for (const object of await objectsOf(pipeline)) {
    if (object.count < 20) continue
    for await (const record of readRecords(pipeline.archive, object.key)) {
      if (record.erased || record.offset !== object.firstOffset + 7) continue
      return { object, offset: record.offset, event: record.event as StampedEvent }
    }
  }
  throw new Error('no object is large enough')
}

describe('what is lost is found and named', () => {
  test('nothing lost: balanced, also when every event is looked for', async () => {
    const pipeline = await openSettled()
    const answer = await ask(pipeline, '--deep')
    expect(answer).toMatchObject({
      code: 0,
      balanced: true,
      findings: [],
      spooledBatches: 0,
      deep: {
        records: EVENTS + 3,
        countsAgree: true,
        counts: { loaded: EVENTS, eventSeen: EVENTS, factEvent: EVENTS },
      },
    })
  })

  test('a row of fact_event', async () => {
    const pipeline = await openSettled()
    const { object, offset, event } = await somewhere(pipeline)
    await pipeline.pool.query('delete from warehouse.fact_event where event_id = $1', [event.eventId])
    expect(await ask(pipeline)).toMatchObject({ code: 0 })
    const { code, findings } = await ask(pipeline, '--deep')
    expect(code).toBe(1)
    expect(findings).toContainEqual({
      ...{ store: 'facts', problem: 'missing', topic: EVENTS_TOPIC, partition: object.partition },
      ...{ from: offset, to: offset, eventId: event.eventId, object: object.key },
    })
    const { text } = await reconcile(pipeline, '--deep')
    expect(text).toContain(
      `events.v1/${object.partition} offset ${offset}: missing in fact_event (event ${event.eventId}, object ${object.key})`,
    )
    expect(text).toContain('NOT balanced')
  })

  test('a row of event_seen', async () => {
    const pipeline = await openSettled()
    const { object, offset, event } = await somewhere(pipeline)
    await pipeline.pool.query('delete from pipeline.event_seen where event_id = $1', [event.eventId])
    const { code, findings } = await ask(pipeline, '--deep')
    expect(code).toBe(1)
    expect(findings).toContainEqual({
      ...{ store: 'event_seen', problem: 'missing', topic: EVENTS_TOPIC, partition: object.partition },
      ...{ from: offset, to: offset, eventId: event.eventId, object: object.key },
    })
  })

  test('every row of fact_event, told by ranges of offsets', async () => {
    const pipeline = await openSettled()
    await pipeline.pool.query('delete from warehouse.fact_event')
    const { code, findings } = await ask(pipeline, '--deep')
    expect(code).toBe(1)
    const ranges = findings as unknown as { store: string; from: number; to: number; eventId?: string }[]
    expect(ranges.length).toBeLessThan(20)
    // And the one that came twice.
    expect(ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0)).toBe(EVENTS + 1)
    expect(ranges.filter(({ from, to, eventId }) => from < to && eventId !== undefined)).toEqual([])
  })

  test('the last row of the ledger: its records are not on their way, the loader stands behind them', async () => {
    const pipeline = await openSettled()
    const { rows } = await pipeline.pool.query(
      `delete from pipeline.load_ledger where (topic, partition, first_offset) =
         (select topic, partition, first_offset from pipeline.load_ledger
          where topic = 'events.v1' order by partition, first_offset desc limit 1)
       returning partition, first_offset::int as "from", last_offset::int as "to"`,
    )
    const { code, findings } = await ask(pipeline)
    expect(code).toBe(1)
    expect(findings).toEqual([{ store: 'ledger', problem: 'missing', topic: EVENTS_TOPIC, ...rows[0] }])
  })

  test('outcomes in the ledger that are not as many as the records', async () => {
    const pipeline = await openSettled()
    await pipeline.pool.query('alter table pipeline.load_ledger drop constraint load_ledger_check')
    await pipeline.pool.query(
      `update pipeline.load_ledger set loaded = loaded - 1 where topic = 'events.v1' and partition = 1 and first_offset = 0`,
    )
    const { code, findings } = await ask(pipeline)
    expect(code).toBe(1)
    expect(findings).toMatchObject([{ store: 'ledger', problem: 'unsummed', partition: 1, from: 0 }])
  })

  test('an object of the archive, also the last one', async () => {
    const pipeline = await openSettled()
    const objects = await objectsOf(pipeline)
    const [first, last] = [objects.at(0), objects.at(-1)] as [ArchivedRange, ArchivedRange]
    for (const { key } of [first, last]) await pipeline.archive.delete(key)
    const { code, findings } = await ask(pipeline)
    expect(code).toBe(1)
    expect(findings).toEqual(
      [first, last].map(({ partition, firstOffset, lastOffset }) => ({
        ...{ store: 'archive', problem: 'missing', topic: EVENTS_TOPIC, partition },
        ...{ from: firstOffset, to: lastOffset },
      })),
    )
  })

  test('a line inside an object', async () => {
    const pipeline = await openSettled()
    const { object, offset } = await somewhere(pipeline)
    const { body, metadata, etag } = (await pipeline.archive.get(object.key)) ?? {}
    const lines = (await promisify(gunzip)(body as Uint8Array)).toString().split('\n')
    const without = lines.filter((line) => !line.startsWith(`{"offset":${offset},`)).join('\n')
    const changed = await promisify(gzip)(without)
    await pipeline.archive.replaceIfUnchanged(object.key, etag ?? '', changed, metadata ?? {})
    expect(await ask(pipeline)).toMatchObject({ code: 0 })
    const { code, findings } = await ask(pipeline, '--deep')
    expect(code).toBe(1)
    expect(findings).toMatchObject([
      {
        store: 'archive',
        problem: 'missing',
        partition: object.partition,
        from: offset,
        to: offset,
        object: object.key,
      },
    ])
  })

  test('an object that cannot be read any more', async () => {
    const pipeline = await openSettled()
    const { object } = await somewhere(pipeline)
    const { metadata, etag } = (await pipeline.archive.get(object.key)) ?? {}
    await pipeline.archive.replaceIfUnchanged(object.key, etag ?? '', Buffer.from('rotten'), metadata ?? {})
    const { findings } = await ask(pipeline, '--deep')
    expect(findings).toMatchObject([{ store: 'archive', problem: 'unlike', object: object.key }])
  })
})

describe('what is on its way is not lost', () => {
  test('records that nobody has come to yet are waiting; a spooled batch is mentioned', async () => {
    const pipeline = await openSettled()
    await pipeline.stop()
    await pipeline.publish([stampedEvent({ messageId: 'later' })])
    const value = JSON.stringify(stampedEvent({ messageId: 'spooled' }))
    await addToSpool(pipeline.archive, [{ topic: EVENTS_TOPIC, records: [{ key: 'k', value }] }], new Date())
    const { code, balanced, findings, spooledBatches } = await ask(pipeline)
    expect({ code, balanced, findings, spooledBatches }).toEqual({
      code: 1,
      balanced: false,
      findings: [],
      spooledBatches: 1,
    })
    const { text } = await reconcile(pipeline)
    expect(text).toMatch(/1 records have not come to the archive yet/)
    expect(text).toContain('1 batches wait in the spool')
  })
})

describe('while retention works', () => {
  test('objects that go while they are looked at, a known one and the next, are not lost', async () => {
    const { archive, log, jobs } = await openSettled()
    const [first, second] = await oldestOf(archive)
    let headOfFirst: Promise<unknown> = Promise.resolve()
    let gone = false
    const retained = {
      ...archive,
      async head(key: string) {
        if (key === second.key && !gone) {
          gone = true
          await headOfFirst
          for (const object of [first, second]) await archive.delete(object.key)
        }
        const head = archive.head(key)
        if (key === first.key) headOfFirst = head
        return head
      },
    }
    // They have left the log.
    const ranges = async (topic: string) =>
      (await log.ranges(topic)).map((range) =>
        topic === EVENTS_TOPIC && range.partition === 0
          ? { ...range, firstOffset: second.lastOffset + 1 }
          : range,
      )
    const reader = createAccountReader({
      ...{ archive: retained, pool: jobs.pool },
      log: { ranges, positions: log.positions },
    })
    const accounts = await reader.read(await readEnds({ ranges }, [EVENTS_TOPIC]))
    expect(gone).toBe(true)
    expect(accounts.flatMap(findingsOf)).toEqual([])
  })

  test('events whose ids are gone while their month is still there are not too many', async () => {
    const pipeline = await openSettled()
    await pipeline.publish([stampedEvent({ messageId: 'old', timestamp: '2026-09-01T12:00:00.000Z' })])
    await pipeline.settled()
    await moveFirstDay(pipeline.jobs.pool, '2026-10-12')
    await pipeline.pool.query(
      `delete from pipeline.event_seen where event_id in (
         select event_id from warehouse.fact_event where business_date < '2026-10-01')`,
    )
    expect((await ask(pipeline, '--deep')).deep).toMatchObject({
      countsAgree: true,
      counts: { loaded: EVENTS + 1, eventSeen: EVENTS, factEvent: EVENTS },
    })
  })
})

/** The two oldest objects of a partition. */
async function oldestOf(archive: Pipeline['archive']): Promise<[ArchivedRange, ArchivedRange]> {
  const objects: ArchivedRange[] = []
  for await (const object of listArchived(archive, EVENTS_TOPIC))
    if (object.partition === 0) objects.push(object)
  const [first, second] = objects.sort((a, b) => a.firstOffset - b.firstOffset)
  if (!first || !second) throw new Error('fewer than two objects')
  return [first, second]
}

describe('the job', () => {
  function startJob({ jobs, archive }: Pipeline) {
    const registry = createServiceMetrics()
    let at = new Date()
    const heads: string[] = []
    const counting = {
      ...archive,
      head: (key: string) => {
        if (key.startsWith('raw/')) heads.push(key)
        return archive.head(key)
      },
    }
    const logger = createLogger({ service: 'test', level: 'silent' })
    const job = createReconcileJob({ ...jobs, archive: counting, logger, registry, now: () => at })
    return {
      heads,
      later: (ms: number) => {
        at = new Date(at.getTime() + ms)
      },
      async run(data: Record<string, unknown> = {}) {
        heads.length = 0
        const running = { id: '1', name: job.name, data, attempt: 1, signal: new AbortController().signal }
        return job.run({ ...running, progress: async () => undefined })
      },
      gauges: () => registry.metrics(),
      /** The gauges of another process, which is told of a result before each scrape. */
      async gaugesElsewhere(result: Record<string, unknown>) {
        const elsewhere = createServiceMetrics()
        createReconcileJob({ ...jobs, archive, logger, registry: elsewhere, now: () => at }).showResult?.(
          result,
        )
        return elsewhere.metrics()
      },
    }
  }

  test('looks only at what is new, once a day at everything; gauges say what is missing where', async () => {
    const pipeline = await openSettled()
    const job = startJob(pipeline)
    expect(await job.gauges()).not.toMatch(/^millrace_reconcile_balanced \d/m)
    expect(await job.run()).toMatchObject({ balanced: true, full: true, findings: 0 })
    const all = job.heads.length
    expect(all).toBeGreaterThan(8)

    job.later(60_000)
    expect(await job.run()).toMatchObject({ balanced: true, full: false })
    expect(job.heads).toEqual([])

    await pipeline.publish([stampedEvent({ messageId: 'new' })])
    await pipeline.settled()
    job.later(60_000)
    expect(await job.run()).toMatchObject({ balanced: true, full: false })
    expect(job.heads).toHaveLength(1)
    expect(await job.gauges()).toMatch(/^millrace_reconcile_balanced 1$/m)

    const { object } = await somewhere(pipeline)
    const body = await readFile(path.join(pipeline.dataDir, 'archive', object.key))
    await rm(path.join(pipeline.dataDir, 'archive', object.key))
    job.later(24 * 3_600_000)
    const result = await job.run()
    expect(result).toMatchObject({ balanced: false, full: true, findings: 1 })
    const gauges = await job.gauges()
    expect(await job.gaugesElsewhere(result)).toBe(gauges)
    expect(gauges).toMatch(/^millrace_reconcile_balanced 0$/m)
    expect(gauges).toContain(`millrace_reconcile_missing_records{store="archive"} ${object.count}`)
    expect(gauges).toContain('millrace_reconcile_missing_records{store="ledger"} 0')
    expect(gauges).toMatch(/^millrace_reconcile_last_run_timestamp_seconds \d/m)

    await writeFile(path.join(pipeline.dataDir, 'archive', object.key), body)
    job.later(60_000)
    expect(await job.run()).toMatchObject({ balanced: true, full: false })
  })

  test('what is lost among the new is found at once, and what has an old hour is not lost', async () => {
    const pipeline = await openSettled()
    const job = startJob(pipeline)
    await job.run()
    const old = '2026-01-01T00:00:00.000Z'
    await pipeline.publish([stampedEvent({ messageId: 'spooled long ago', receivedAt: old, timestamp: old })])
    await pipeline.settled()
    job.later(60_000)
    expect(await job.run()).toMatchObject({ balanced: true, full: false })

    await pipeline.publish([stampedEvent({ messageId: 'lost' })])
    await pipeline.settled()
    const objects = await objectsOf(pipeline)
    const newest = objects.filter(({ count }) => count === 1).find(({ key }) => !key.includes('2026-01-01'))
    await pipeline.archive.delete(newest?.key ?? '')
    job.later(60_000)
    expect(await job.run()).toMatchObject({ balanced: false, full: false, findings: 1 })
  })

  test('a row that is back in the ledger is found after ten minutes', async () => {
    const pipeline = await openSettled()
    const job = startJob(pipeline)
    const first = `topic = 'events.v1' and partition = 0 and first_offset = 0`
    await pipeline.pool.query(`create table kept as select * from pipeline.load_ledger where ${first}`)
    await pipeline.pool.query(`delete from pipeline.load_ledger where ${first}`)
    expect(await job.run()).toMatchObject({ balanced: false, findings: 1 })
    await pipeline.pool.query('insert into pipeline.load_ledger select * from kept')
    job.later(10 * 60_000)
    expect(await job.run()).toMatchObject({ balanced: true, full: true })
  })

  test('{ full: true } looks at everything now, and so does a job on another log', async () => {
    const pipeline = await openSettled()
    const job = startJob(pipeline)
    await job.run()
    expect(await job.run({ full: true })).toMatchObject({ full: true })
    const other = startJob({
      ...pipeline,
      jobs: { ...pipeline.jobs, log: { ...pipeline.log, identity: async () => 'another' } },
    })
    expect(await other.run()).toMatchObject({ full: true })
  })
})
