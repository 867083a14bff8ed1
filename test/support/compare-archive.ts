import { setTimeout as sleep } from 'node:timers/promises'
import type { Archive } from '@millrace/archive/archive'
import { type ArchivedRange, listArchived } from '@millrace/archive/list-archived'
import { type ArchivedRecord, readRecords } from '@millrace/archive/read-records'
import { ARCHIVER_GROUP } from '@millrace/archiver/create-archiver'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'
import { expect } from 'vitest'
import { stampedEvent } from './stamped-event.ts'

let sequence = 0

/** Publishes events of its own, received in different hours: an object's key depends on where it begins. */
export async function publishEvents(log: EventLog, count: number): Promise<void> {
  const records = Array.from({ length: count }, () => {
    const event = stampedEvent({
      messageId: `m${sequence++}`,
      receivedAt: `2026-11-21T1${sequence % 10}:00:00.000Z`,
    })
    return { key: event.eventId, value: JSON.stringify(event) }
  })
  await log.publish([{ topic: EVENTS_TOPIC, records }])
}

/** Publishes 40 events about every 100 ms; a publish that fails comes again. `stop` tells how many are in the log for sure. */
export function keepPublishing(log: EventLog): { stop(): Promise<number> } {
  let published = 0
  let going = true
  const running = (async () => {
    while (going) {
      await publishEvents(log, 40).then(
        () => {
          published += 40
        },
        () => undefined,
      )
      await sleep(100)
    }
  })()
  return {
    async stop() {
      going = false
      await running
      return published
    },
  }
}

/** What the topic's objects hold, in order of partition and offset. */
export async function archivedRanges(archive: Archive, topic: string): Promise<ArchivedRange[]> {
  const found: ArchivedRange[] = []
  for await (const range of listArchived(archive, topic)) found.push(range)
  return found.sort((a, b) => a.partition - b.partition || a.firstOffset - b.firstOffset)
}

export async function archivedRecords(archive: Archive, key: string): Promise<ArchivedRecord[]> {
  const records: ArchivedRecord[] = []
  for await (const record of readRecords(archive, key)) records.push(record)
  return records
}

/** How many events are in the log that the archivers have not finished. */
export async function archiverLag(log: EventLog): Promise<number> {
  const reached = new Map(
    (await log.positions(EVENTS_TOPIC, ARCHIVER_GROUP)).map((at) => [at.partition, at.nextOffset]),
  )
  const ends = await log.ranges(EVENTS_TOPIC)
  return ends.reduce((sum, { partition, nextOffset }) => sum + nextOffset - (reached.get(partition) ?? 0), 0)
}

/** The archive equals the log, offset by offset, each once, and the metadata say what the objects hold. */
export async function expectArchiveEqualsLog(log: EventLog, archive: Archive): Promise<void> {
  const archived: string[] = []
  for (const { key, partition, firstOffset, lastOffset, count } of await archivedRanges(
    archive,
    EVENTS_TOPIC,
  )) {
    const records = await archivedRecords(archive, key)
    expect(records.map(({ offset }) => offset)).toEqual(
      Array.from({ length: count }, (_, n) => firstOffset + n),
    )
    expect(lastOffset).toBe(firstOffset + count - 1)
    for (const record of records) {
      if (!record.erased)
        archived.push(`${partition} ${record.offset} ${record.key} ${JSON.stringify(record.event)}`)
    }
  }
  expect(archived.sort()).toEqual((await recordsOfLog(log)).sort())
}

async function recordsOfLog(log: EventLog): Promise<string[]> {
  const total = (await log.ranges(EVENTS_TOPIC)).reduce((sum, { nextOffset }) => sum + nextOffset, 0)
  const logged: string[] = []
  const consumer = await log.consume({
    topics: [EVENTS_TOPIC],
    group: 'compare',
    async handle({ partition, records }) {
      logged.push(...records.map(({ offset, key, value }) => `${partition} ${offset} ${key} ${value}`))
    },
  })
  await expect.poll(() => logged.length, { timeout: 30_000 }).toBe(total)
  await consumer.close()
  return logged
}
