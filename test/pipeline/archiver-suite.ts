import { claimArchive } from '@millrace/archive/claim-archive'
import { QUARANTINE_TOPIC, type QuarantinedEvent } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { LogRecord } from '@millrace/event-log/event-log'
import { expect, test } from 'vitest'
import { openArchiverStage, type Stores } from '../support/archiver-stage.ts'
import {
  archivedRanges,
  archivedRecords,
  archiverLag,
  expectArchiveEqualsLog,
  keepPublishing,
  publishEvents,
} from '../support/compare-archive.ts'
import { scrape } from '../support/scrape.ts'
import { stampedEvent } from '../support/stamped-event.ts'

/** What the archiver promises, between stores that are opened for each test. */
export function describeArchiver(name: string, openStores: () => Promise<Stores>): void {
  test(`${name}: an object holds the records of one partition as lines, and its metadata say what is in it`, async () => {
    const { log, archive, start } = await openArchiverStage(await openStores(), 1)
    const events = ['2026-11-20T22:30:00.000Z', '2026-11-20T23:30:00.000Z', '2026-11-19T12:00:00.000Z'].map(
      (timestamp, n) =>
        stampedEvent({ messageId: `m${n}`, timestamp, receivedAt: `2026-11-21T1${2 - n}:00:00.000Z` }),
    )
    const records = events.map((event) => ({ key: event.eventId, value: JSON.stringify(event) }))
    await log.publish([
      { topic: EVENTS_TOPIC, records: [{ ...records[0], headers: { h: '1' } } as LogRecord] },
    ])
    await log.publish([{ topic: EVENTS_TOPIC, records: records.slice(1) }])
    await start({ flushSeconds: 0.2, timeZone: 'Europe/Vienna' })
    await expect.poll(() => archivedRanges(archive, EVENTS_TOPIC), { timeout: 20_000 }).toHaveLength(1)
    const [object] = await archivedRanges(archive, EVENTS_TOPIC)
    const key = 'raw/events.v1/received_hour=2026-11-21T12/p0000-0000000000000000000.ndjson.gz'
    expect(object).toEqual({ partition: 0, firstOffset: 0, lastOffset: 2, count: 3, key })
    expect((await archive.head(key))?.metadata).toEqual({
      first_offset: '0',
      last_offset: '2',
      count: '3',
      least_received_at: '2026-11-21T10:00:00.000Z',
      greatest_received_at: '2026-11-21T12:00:00.000Z',
      least_business_date: '2026-11-19',
      greatest_business_date: '2026-11-21',
    })
    const lines = await archivedRecords(archive, key)
    expect(lines).toEqual(
      events.map((event, offset) => ({
        offset,
        key: event.eventId,
        ...(offset === 0 ? { headers: { h: '1' } } : {}),
        event,
      })),
    )
  })

  test(`${name}: quarantined events are archived too; they have no business date`, async () => {
    const { log, archive, start } = await openArchiverStage(await openStores(), 1)
    const rejected: QuarantinedEvent = {
      source: 'web',
      keyKind: 'public',
      requestId: 'r',
      receivedAt: '2026-11-21T09:59:59.999Z',
      code: 'schema_invalid',
      path: 'event',
      detail: 'expected a name',
      people: {},
    }
    await log.publish([
      { topic: QUARANTINE_TOPIC, records: [{ key: 'k', value: JSON.stringify(rejected) }] },
      { topic: EVENTS_TOPIC, records: [{ key: 'k', value: 'no json' }] },
    ])
    await start({ flushSeconds: 0.1 })
    await expect.poll(() => archivedRanges(archive, QUARANTINE_TOPIC), { timeout: 20_000 }).toHaveLength(1)
    const [object] = await archivedRanges(archive, QUARANTINE_TOPIC)
    expect(object?.key).toContain('raw/quarantine.v1/received_hour=2026-11-21T09/')
    const { metadata } = (await archive.head(object?.key ?? '')) ?? {}
    expect(metadata).not.toHaveProperty('least_business_date')
    expect(metadata).toMatchObject({ least_received_at: rejected.receivedAt })
    await expect.poll(() => archivedRanges(archive, EVENTS_TOPIC), { timeout: 20_000 }).toHaveLength(1)
    const [odd] = await archivedRanges(archive, EVENTS_TOPIC)
    expect(odd?.key).toContain('received_hour=1970-01-01T00/')
    expect(await archivedRecords(archive, odd?.key ?? '')).toEqual([
      { offset: 0, key: 'k', event: 'no json' },
    ])
  })

  test(`${name}: a full object is stored at once, a short one when its first record has waited`, async () => {
    const { log, archive, start } = await openArchiverStage(await openStores(), 1)
    await start({ flushRecords: 100, flushSeconds: 6 })
    await publishEvents(log, 250)
    const counts = async () => (await archivedRanges(archive, EVENTS_TOPIC)).map(({ count }) => count)
    await expect.poll(counts, { timeout: 5_500 }).toEqual([100, 100])
    await expect.poll(counts, { timeout: 20_000 }).toEqual([100, 100, 50])
  })

  test(`${name}: archiver processes are killed again and again: in the end the archive holds each record of the log once`, async () => {
    const { log, archive, startProcess } = await openArchiverStage(await openStores(), 3)
    const publishing = keepPublishing(log)
    for (let round = 0; round < 2; round++) {
      const victims = [startProcess(flushing(20 + 7 * round)), startProcess(flushing(20 + 7 * round))]
      await Promise.all(victims.map(({ firstLine }) => firstLine))
      const before = (await archivedRanges(archive, EVENTS_TOPIC)).length
      await expect
        .poll(async () => (await archivedRanges(archive, EVENTS_TOPIC)).length, { timeout: 60_000 })
        .toBeGreaterThan(before + 2)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100))
      for (const victim of victims) victim.child.kill('SIGKILL')
      await Promise.all(victims.map(({ ended }) => ended))
    }
    expect(await publishing.stop()).toBeGreaterThan(200)
    const last = startProcess(flushing(1_000))
    await expect.poll(() => archiverLag(log), { timeout: 60_000 }).toBe(0)
    last.child.kill('SIGKILL')
    await last.ended
    await expectArchiveEqualsLog(log, archive)
  }, 240_000)

  test(`${name}: the archiver as a process tells its health and its metrics, and stops on SIGTERM`, async () => {
    const { log, startProcess } = await openArchiverStage(await openStores(), 2)
    await publishEvents(log, 300)
    const program = startProcess(flushing(20))
    const { url } = JSON.parse(await program.firstLine) as { url: string }
    await expect.poll(() => archiverLag(log), { timeout: 60_000 }).toBe(0)
    expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({
      status: 'ready',
      checks: { archiver: true, log: true, archive: true },
    })
    const { samples } = await scrape(`${url}/metrics`)
    expect(samples.get('millrace_archiver_records_total{topic="events.v1"}')).toBe(300)
    expect(samples.get('millrace_archiver_lag_records{topic="events.v1"}')).toBe(0)
    expect(samples.get('millrace_archiver_object_bytes_count')).toBeGreaterThan(0)
    expect(samples.get('millrace_archiver_last_object_timestamp_seconds')).toBeGreaterThan(1.7e9)
    program.child.kill('SIGTERM')
    expect(await program.ended).toBe(0)
  }, 120_000)

  test(`${name}: an archive of another log is left as it is, and the process ends and says what to do`, async () => {
    const { archive, startProcess, log, start } = await openArchiverStage(await openStores(), 1)
    await claimArchive(archive, 'another-log')
    await publishEvents(log, 10)
    const program = startProcess(flushing(5))
    expect(await program.ended).toBe(2)
    expect(program.output()).toContain('The archive belongs to log another-log')
    expect(program.output()).toContain('set S3_BUCKET, S3_PREFIX or DATA_DIR')
    await start({ flushSeconds: 0.05 })
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(await archivedRanges(archive, EVENTS_TOPIC)).toEqual([])
  }, 120_000)
}

function flushing(records: number): Readonly<Record<string, string>> {
  return { ARCHIVE_FLUSH_RECORDS: `${records}`, ARCHIVE_FLUSH_SECONDS: '0.05' }
}
