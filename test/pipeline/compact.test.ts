import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { listArchived } from '@millrace/archive/list-archived'
import { parquetPositionKey } from '@millrace/archive/parquet/parquet-key'
import { EVENTS_TOPIC, type StampedEvent } from '@millrace/contracts/stamped-event'
import { createAccountReader, readEnds } from '@millrace/jobs/create-account-reader'
import { createCompactor } from '@millrace/jobs/create-compactor'
import { describe, expect, test } from 'vitest'
import { bucketOfTest, kafkaLogOfTest } from '../support/archiver-stage.ts'
import { openPipeline, type Pipeline } from '../support/open-pipeline.ts'
import { queryParquet } from '../support/query-parquet.ts'
import { randomShop } from '../support/random-shop.ts'
import { runMillrace, runTypeScript } from '../support/run-program.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { describeWith, testKafka, testS3 } from '../support/servers.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'

async function compact({ archive, jobs: { pool } }: Pipeline, recordsAtOnce = 20_000) {
  return createCompactor({ archive, pool, progress: () => undefined, recordsAtOnce })()
}

const COLUMNS = `event_id, business_date, occurred_at, received_at, original_timestamp, sent_at, time_source,
  source, key_kind, event, person_id, anonymous_id, session_id, country, device_key, excluded_reason`

/** What fact_event and Parquet have in common, a line an event. */
async function bothSides({ pool, dataDir }: Pipeline) {
  const seconds = (column: string) => `extract(epoch from ${column})::double precision as ${column}`
  const shown = COLUMNS.split(/,\s+/).map((column) => {
    if (column.endsWith('_at') || column === 'original_timestamp') return seconds(column)
    return column.endsWith('_id') || column === 'business_date' ? `${column}::text as ${column}` : column
  })
  const sql = (from: string) => `select ${shown.join(', ')} from ${from} order by event_id, business_date`
  const { rows } = await pool.query(sql('warehouse.fact_event'))
  const parquet = await queryParquet<Record<string, unknown>>(dataDir, sql('events'))
  return { facts: rows.map((row) => ({ ...row })), parquet: parquet.map((row) => ({ ...row })) }
}

async function expectSameAsFacts(pipeline: Pipeline): Promise<void> {
  const { facts, parquet } = await bothSides(pipeline)
  expect(parquet.length).toBe(facts.length)
  expect(parquet).toEqual(facts)
}

/** Some again, at once or later, as clients do. */
function withRepeats(events: readonly StampedEvent[]): StampedEvent[] {
  const random = createSeededRandom(5)
  return events.flatMap((event) => (random.chance(1 / 5) ? [event, event] : [event]))
}

/** Those of the first week: a file a day and partition is written with many syncs. */
function fewDays(events: readonly StampedEvent[]): StampedEvent[] {
  const first = Math.min(...events.map(({ timestamp }) => Date.parse(timestamp)))
  return events.filter(({ timestamp }) => Date.parse(timestamp) < first + 7 * 86_400_000)
}

async function publishInParts(
  pipeline: Pipeline,
  events: readonly StampedEvent[],
  parts: number,
): Promise<void> {
  const size = Math.ceil(events.length / parts)
  for (let from = 0; from < events.length; from += size)
    await pipeline.publish(events.slice(from, from + size))
}

describe('Parquet holds what the facts are made of', () => {
  test('every event of a shop once, in the folder of its business date, bots and canaries with their reason', async () => {
    const pipeline = await openPipeline({ partitions: 3, timeZone: 'Europe/Vienna' })
    const shop = withRepeats(randomShop(1))
    await publishInParts(pipeline, [...shop, ...shop.slice(0, 300)], 7)
    await pipeline.settled()
    const compacted = await compact(pipeline)
    expect(compacted).toMatchObject({ records: shop.length + 300, missing: 0 })
    await expectSameAsFacts(pipeline)
    expect(
      await queryParquet(
        pipeline.dataDir,
        'select count(*)::int as n from events where excluded_reason is not null',
      ),
    ).not.toEqual([{ n: 0 }])
  }, 120_000)

  test('run after run it follows; a run with nothing new changes no file', async () => {
    const pipeline = await openPipeline({ partitions: 2 })
    const shop = withRepeats(fewDays(randomShop(2)))
    for (let from = 0; from < shop.length; from += 80) {
      await pipeline.publish(shop.slice(from, from + 80))
      await pipeline.settled()
      await compact(pipeline, 30)
    }
    await expectSameAsFacts(pipeline)
    const before = await filesOf(pipeline)
    expect(await compact(pipeline)).toEqual({ records: 0, events: 0, files: 0, missing: 0 })
    expect(await filesOf(pipeline)).toEqual(before)
  }, 120_000)

  test('what counts otherwise: a retry past midnight, a conflict, a refused fact, a retried one, no event', async () => {
    const pipeline = await openPipeline({ partitions: 4 })
    const late = '2026-11-20T23:59:59.900Z'
    const next = '2026-11-21T00:00:00.100Z'
    const asReceived = {
      timeSource: 'received',
      messageId: 'untimed',
      contentHash: '00000000000000aa',
    } as const
    const refused = stampedEvent({ messageId: 'refused', properties: { note: 'a \u0000 byte' } })
    await pipeline.publish([
      stampedEvent({ ...asReceived, timestamp: late, receivedAt: late }),
      stampedEvent({ ...asReceived, timestamp: next, receivedAt: next }),
      stampedEvent({ messageId: 'same id', userPerson: personOf('one'), properties: { n: 1 } }),
      refused,
      stampedEvent({ messageId: 'group', type: 'group', event: 'group' }),
      'no event at all',
    ])
    await pipeline.settled()
    // The same id by others, in any partition; and what was refused again, as `quarantine retry` does.
    await pipeline.publish([
      ...[1, 2, 3, 4, 5, 6].map((n) =>
        stampedEvent({ messageId: 'same id', userPerson: personOf(`other ${n}`), properties: { n: 2 } }),
      ),
      refused,
    ])
    await pipeline.settled()
    await compact(pipeline)
    await expectSameAsFacts(pipeline)
    expect(
      await queryParquet(
        pipeline.dataDir,
        'select business_date::text as day, message_id, properties from events order by 2',
      ),
    ).toEqual([
      { day: '2026-11-20', message_id: 'same id', properties: '{"n":1}' },
      { day: '2026-11-20', message_id: 'untimed', properties: '{}' },
    ])
  })

  test('nothing that is not loaded, nor what was erased in the archive', async () => {
    const pipeline = await openPipeline({ partitions: 1 })
    await pipeline.publish(['a', 'b', 'c'].map((messageId) => stampedEvent({ messageId })))
    await pipeline.settled()
    await pipeline.pool.query(`update pipeline.load_position set next_offset = 2 where topic = 'events.v1'`)
    expect(await compact(pipeline)).toMatchObject({ records: 2, events: 2 })
    await pipeline.pool.query(`update pipeline.load_position set next_offset = 3 where topic = 'events.v1'`)
    for await (const { key } of listArchived(pipeline.archive, EVENTS_TOPIC)) {
      const { etag, metadata } = (await pipeline.archive.get(key)) ?? {}
      const body = await promisify(gzip)(
        [0, 1, 2].map((offset) => `{"offset":${offset},"erased":true}\n`).join(''),
      )
      await pipeline.archive.replaceIfUnchanged(key, etag ?? '', body, metadata ?? {})
    }
    expect(await compact(pipeline)).toMatchObject({ records: 1, events: 0 })
    expect(await queryParquet(pipeline.dataDir, 'select message_id from events order by 1')).toEqual([
      { message_id: 'a' },
      { message_id: 'b' },
    ])
  })

  test('what the facts no longer hold stays and is not added again', async () => {
    const pipeline = await openPipeline({ partitions: 1 })
    const events = ['a', 'b'].map((messageId) => stampedEvent({ messageId }))
    await pipeline.publish(events)
    await pipeline.settled()
    await pipeline.pool.query('delete from warehouse.fact_event')
    expect(await compact(pipeline)).toMatchObject({ events: 2 })
    await pipeline.publish(events)
    await pipeline.settled()
    expect(await compact(pipeline)).toMatchObject({ records: 2, events: 0 })
  })

  test.each([0, 2])('object %i, put while the others were listed, is not passed over', async (place) => {
    const pipeline = await openPipeline({ partitions: 1, flushRecords: 10 })
    await pipeline.publish(Array.from({ length: 40 }, (_, n) => stampedEvent({ messageId: `m${n}` })))
    await pipeline.settled()
    const { archive } = pipeline
    let lists = 0
    const lateFirst = {
      ...archive,
      async *list(prefix: string) {
        const [isFirst, keys] = [lists++ === 0, [] as string[]]
        for await (const key of archive.list(prefix)) keys.push(key)
        yield* keys.filter((_, index) => !isFirst || index !== place)
      },
    }
    expect(await compact({ ...pipeline, archive: lateFirst })).toMatchObject({ missing: 0 })
    await compact(pipeline)
    expect(await queryParquet(pipeline.dataDir, 'select count(*)::int as n from events')).toEqual([{ n: 40 }])
  })

  test('an object that is lost is said, and what follows it is there', async () => {
    const pipeline = await openPipeline({ partitions: 1, flushRecords: 10 })
    await pipeline.publish(Array.from({ length: 40 }, (_, n) => stampedEvent({ messageId: `m${n}` })))
    await pipeline.settled()
    const objects = []
    for await (const object of listArchived(pipeline.archive, EVENTS_TOPIC)) objects.push(object)
    const lost = objects[1]
    await pipeline.archive.delete(lost?.key ?? '')
    const compacted = await compact(pipeline)
    expect(compacted).toMatchObject({ missing: lost?.count, events: 40 - (lost?.count ?? 0) })
  })
})

/** Each file with its time of change: one that was replaced has another. */
async function filesOf({ dataDir }: Pipeline): Promise<string[]> {
  const folder = path.join(dataDir, 'archive/parquet')
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.parquet'))
  return Promise.all(
    names.sort().map(async (name) => `${name} ${(await stat(path.join(folder, name))).mtimeMs}`),
  )
}

describe('whatever dies', () => {
  test('killed at any moment, and beside another one, no event is lost or double', async () => {
    const pipeline = await openPipeline({ partitions: 2, flushRecords: 20 })
    await publishInParts(pipeline, withRepeats(fewDays(randomShop(3))), 10)
    await pipeline.settled()
    const random = createSeededRandom(11)
    let killed = 0
    for (let n = 0; n < 6; n++) {
      const runs = [0, 1].map(() =>
        runTypeScript('./hold-compactor.ts', [pipeline.databaseUrl, path.join(pipeline.dataDir, 'archive')]),
      )
      await Promise.all(runs.map(({ firstLine }) => firstLine))
      await new Promise((resolve) => setTimeout(resolve, random.whole(0, 600)))
      for (const { child } of runs) child.kill('SIGKILL')
      const codes = await Promise.all(runs.map(({ ended }) => ended))
      killed += codes.filter((code) => code !== 0).length
    }
    expect(killed).toBeGreaterThan(0)
    await Promise.all([compact(pipeline), compact(pipeline)])
    await expectSameAsFacts(pipeline)
    const position = await pipeline.archive.get(parquetPositionKey(EVENTS_TOPIC, 0))
    const [{ nextOffset } = { nextOffset: 0 }] = await pipeline.log.ranges(EVENTS_TOPIC)
    expect(JSON.parse(Buffer.from(position?.body ?? '').toString())).toEqual({ nextOffset })
  }, 120_000)
})

describe('millrace compact', () => {
  test('brings Parquet up to what is loaded, and says what it did', async () => {
    const pipeline = await openPipeline()
    await pipeline.publish(['a', 'b', 'a'].map((messageId) => stampedEvent({ messageId })))
    await pipeline.settled()
    const env = { DATABASE_URL: pipeline.databaseUrl, DATA_DIR: pipeline.dataDir }
    const first = runMillrace(['compact', '--json'], env)
    expect(await first.ended, first.output()).toBe(0)
    expect(JSON.parse(first.stdout())).toMatchObject({ records: 3, events: 2, missing: 0 })
    const second = runMillrace(['compact'], env)
    expect(await second.ended).toBe(0)
    expect(second.stdout()).toMatch(/^0 events of 0 records added to Parquet in [\d.]+ s, 0 files written$/m)
    await expectSameAsFacts(pipeline)
  })
})

await describeWith(
  () => Promise.all([testKafka(), testS3()]),
  'Kafka and S3',
  ([{ brokers }, s3]) => {
    test('on Kafka and S3 Parquet is the same, and every record is accounted for', async () => {
      const stores = { log: kafkaLogOfTest(brokers), archive: await bucketOfTest(s3) }
      const pipeline = await openPipeline({ partitions: 3, stores })
      const shop = withRepeats(fewDays(randomShop(4)))
      for (const part of [shop.slice(0, 100), shop.slice(100)]) {
        await pipeline.publish(part)
        await pipeline.settled()
        await compact(pipeline)
      }
      expect(await compact(pipeline)).toMatchObject({ records: 0, files: 0 })
      await copyParquet(pipeline)
      await expectSameAsFacts(pipeline)

      const { jobs, archive } = pipeline
      const reader = createAccountReader({ ...jobs, archive })
      const accounts = await reader.read(await readEnds(jobs.log, [EVENTS_TOPIC]))
      expect(accounts.map(({ balanced }) => balanced)).toEqual([true, true, true])
      expect(accounts.reduce((sum, { archived }) => sum + archived.records, 0)).toBe(shop.length)
    }, 60_000)
  },
)

/** To where DuckDB can read it: what it needs for S3 is not on every machine. */
async function copyParquet({ archive, dataDir }: Pipeline): Promise<void> {
  for await (const key of archive.list('parquet/events/')) {
    const file = path.join(dataDir, 'archive', key)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, (await archive.get(key))?.body ?? '')
  }
}
