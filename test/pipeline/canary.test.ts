import { appendFile, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { PSEUDONYM_KEY, post } from '@millrace/ingest-api/ingest-fixture'
import { CANARY_FORMS, canaryEvent, refusedCanaryEvent } from '@millrace/jobs/canary/canary-events'
import { createFalsePeople } from '@millrace/jobs/canary/false-people'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { createScrubber, type Scrubber } from '@millrace/scrub/create-scrubber'
import { expect, test } from 'vitest'
import { bucketOfTest, kafkaLogOfTest } from '../support/archiver-stage.ts'
import { type CanaryStage, openCanaryStage } from '../support/canary-stage.ts'
import { seriesOf } from '../support/loading.ts'
import { realServers } from '../support/real-parts.ts'
import { describeWith } from '../support/servers.ts'

const leaksIn = ({ stores }: Awaited<ReturnType<CanaryStage['find']>>) =>
  Object.fromEntries(Object.entries(stores).map(([store, { leaks }]) => [store, leaks]))

/** Error lines, without their times. */
function toldBy(stage: CanaryStage): string[] {
  return stage.lines.map(({ level, store, place, kind, msg }) => `${level} ${store} ${place} ${kind} ${msg}`)
}

test('false personal data of every kind goes all the way, and nothing of it is kept anywhere', async () => {
  const stage = await openCanaryStage()
  expect(await stage.registry.metrics()).not.toMatch(/^pii_canary_leaks\{/m)
  await stage.send(10)
  await writeFile(stage.file, '{"msg":"nothing of anybody"}\n')
  const found = await stage.find()
  expect(toldBy(stage)).toEqual([])
  expect(leaksIn(found)).toEqual({ log: 0, archive: 0, postgres: 0, files: 0 })
  const { rows } = await stage.pool.query<{ marks: string }>(
    `select string_agg(distinct mark[1], ' ' order by mark[1]) as marks
     from warehouse.fact_event, regexp_matches(properties::text || context::text, '\\[([a-z_]+)\\]', 'g') as mark
     where source = 'canary'`,
  )
  expect(rows[0]?.marks.split(' ')).toEqual(
    expect.arrayContaining([
      'email',
      'phone',
      'card',
      'iban',
      'ip',
      'national_id',
      'token',
      'password',
      'name',
    ]),
  )
  const quarantined = await stage.pool.query('select retried_at from pipeline.quarantine')
  expect(quarantined.rows).toEqual([{ retried_at: expect.any(Date) }])
  const metrics = await stage.registry.metrics()
  for (const store of ['log', 'archive', 'postgres', 'files']) {
    expect(metrics).toContain(`pii_canary_leaks{store="${store}"} 0`)
    expect(metrics).toMatch(new RegExp(`pii_canary_checked_timestamp_seconds\\{store="${store}"\\} \\d`))
  }
  expect(metrics).toMatch(/^pii_canary_planted_total [1-9]\d\d$/m)
})

test('whatever the write key, the scrubber leaves nothing of its events', () => {
  const scrubber = createScrubber({ pseudonymKey: PSEUDONYM_KEY })
  for (let seed = 0; seed < 150; seed++) {
    const people = createFalsePeople(`${seed}`)
    const values = people.valuesOf(seed * 7)
    for (let form = 0; form <= CANARY_FORMS; form++) {
      const event = form < CANARY_FORMS ? canaryEvent(values, form) : refusedCanaryEvent(values)
      const { event: kept } = scrubber.scrubRefused(event, 'canary')
      expect(people.findIn(JSON.stringify(kept)), `seed ${seed}, form ${form}`).toEqual([])
    }
  }
})

test('it counts for no KPI but that of excluded events', async () => {
  const stage = await openCanaryStage()
  const visit = { messageId: 'v', type: 'page', anonymousId: 'a', properties: { path: '/' } }
  expect((await post(`${stage.apiUrl}/v1/events`, visit)).status).toBe(202)
  await stage.settled()
  const kpis = (await loadKpis()).map(({ name }) => name).filter((name) => name !== 'excluded_events')
  const before = await Promise.all(kpis.map((name) => seriesOf(stage.pool, name)))
  expect(before.flat().length).toBeGreaterThan(3)
  await stage.send(10)
  for (const [index, name] of kpis.entries())
    expect(await seriesOf(stage.pool, name), name).toEqual(before[index])
  expect(await seriesOf(stage.pool, 'excluded_events')).toEqual([expect.stringMatching(/ canary 10$/)])
})

test('what was planted into a store is found there, told without being repeated, and until it is gone', async () => {
  const stage = await openCanaryStage()
  await stage.send(2)
  const [mail, phone] = stage.people.valuesOf(1).map(({ value }) => value) as [string, string]
  const { log, pool, file } = stage
  await log.publish([{ topic: EVENTS_TOPIC, records: [{ key: mail, value: '{}' }] }])
  await stage.send(1)
  // As if it had been published while a round was under way.
  await pool.query(`update pipeline.canary_round set log_from = '[]' where round = 3`)
  await pool.query(`update warehouse.fact_event set context = $1 where source = 'canary'`, [{ tel: phone }])
  await pool.query(`insert into warehouse.dim_channel values ($1)`, [encodeURIComponent(mail)])
  await writeFile(file, '{"msg":"fine"}\n')
  await appendFile(file, JSON.stringify({ msg: Buffer.from(`to ${mail} at once`).toString('base64') }))
  expect(leaksIn(await stage.find())).toMatchObject({ log: 1, postgres: 4, files: 1 })
  expect(toldBy(stage)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(
        /^error log events\.v1 [01] at \d+ email false personal data of the canary was kept$/,
      ),
      expect.stringMatching(/^error postgres warehouse\.fact_event\.context phone /),
      expect.stringMatching(/^error postgres warehouse\.dim_channel\.channel email /),
      expect.stringMatching(/^error files .*service\.log line 2 email /),
    ]),
  )
  expect(stage.people.findIn(JSON.stringify(stage.lines))).toEqual([])
  expect(stage.people.findIn(await stage.registry.metrics())).toEqual([])
  expect(await stage.registry.metrics()).toContain('pii_canary_leaks{store="postgres"} 4')
  const again = await stage.find()
  expect(leaksIn(again)).toMatchObject({ postgres: 4, files: 1 })

  await pool.query(`update warehouse.fact_event set context = '{}' where source = 'canary'`)
  await pool.query('delete from warehouse.dim_channel')
  await writeFile(file, '{"msg":"fine"}\n')
  expect(leaksIn(await stage.find())).toMatchObject({ postgres: 0, files: 0 })
})

test('an object of the archive that holds some of it is named with its line', async () => {
  const stage = await openCanaryStage({ partitions: 1 })
  await stage.send(1)
  await stage.stop()
  const [mail] = stage.people.valuesOf(1).map(({ value }) => value)
  for await (const key of stage.archive.list('raw/events.v1/')) {
    const object = await stage.archive.get(key)
    const line = JSON.stringify({ offset: 0, key: 'k', event: { note: mail } })
    await stage.archive.replaceIfUnchanged(key, object?.etag ?? '', gzipSync(`${line}\n`), {})
  }
  expect(leaksIn(await stage.find())).toMatchObject({ log: 0, archive: 1 })
  expect(toldBy(stage)).toEqual([
    expect.stringMatching(/^error archive raw\/events\.v1\/.*\.ndjson\.gz line 1 email /),
  ])
})

test('a scrubber that forgets one field is found out in every store', async () => {
  const scrubber = createScrubber({ pseudonymKey: PSEUDONYM_KEY })
  const forgetful: Scrubber = {
    ...scrubber,
    scrubEvent(event, request) {
      const scrubbed = scrubber.scrubEvent(event, request)
      const { comment } = event.properties
      return comment ? { ...scrubbed, properties: { ...scrubbed.properties, comment } } : scrubbed
    },
  }
  const stage = await openCanaryStage({ scrubber: forgetful })
  await stage.send(CANARY_FORMS)
  const found = await stage.find()
  const kinds = new Set(stage.people.valuesOf(1).map(({ kind }) => kind))
  expect(leaksIn(found)).toMatchObject({ log: kinds.size, archive: kinds.size, postgres: kinds.size })
})

test('a round that is not in the archive yet, or not loaded, is looked for again', async () => {
  const stage = await openCanaryStage()
  await stage.send(1)
  await stage.stop()
  await stage.find()
  const clean = async () =>
    (await stage.pool.query<{ clean: string[] }>('select clean from pipeline.canary_round order by round'))
      .rows
  expect(await clean()).toEqual([{ clean: ['log', 'archive', 'postgres'] }])
  await stage.pool.query(`update pipeline.canary_round set clean = '{}',
    log_until = (select jsonb_agg(end_of || '{"nextOffset": 9}') from jsonb_array_elements(log_until) as end_of)`)
  await stage.find()
  expect(await clean()).toEqual([{ clean: ['log'] }])
})

await describeWith(realServers, 'on Kafka and S3', ({ kafka, s3 }) => {
  test('the canary leaves nothing, and a leak is found', async () => {
    const stores = { log: kafkaLogOfTest(kafka.brokers), archive: await bucketOfTest(s3) }
    const stage = await openCanaryStage({ stores })
    await stage.send(2)
    expect(leaksIn(await stage.find())).toEqual({ log: 0, archive: 0, postgres: 0 })
    const [mail] = stage.people.valuesOf(1).map(({ value }) => value) as [string]
    await stage.send(1)
    await stage.log.publish([
      { topic: EVENTS_TOPIC, records: [{ key: 'k', value: '{}', headers: { mail } }] },
    ])
    await stage.pool.query('update pipeline.canary_round set log_until = null, clean = $1 where round = 3', [
      [],
    ])
    expect(leaksIn(await stage.find())).toMatchObject({ log: 1 })
  }, 90_000)
})
