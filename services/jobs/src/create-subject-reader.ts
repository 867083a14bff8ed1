import type { Archive } from '@millrace/archive/archive'
import { findRows } from '@millrace/archive/parquet/find-rows'
import { parseRawKey } from '@millrace/archive/raw-key'
import { readRecords } from '@millrace/archive/read-records'
import { listSpool, readSpooled } from '@millrace/archive/spool'
import { eraseFromEvent, eraseFromRecord } from '@millrace/contracts/erase-people'
import type { EventLog } from '@millrace/event-log/event-log'
import { readLinked } from '@millrace/warehouse/erase/erasures'
import { readPerson } from '@millrace/warehouse/erase/read-person'
import type { Pool } from 'pg'
import { readPartitionEnds } from './read-partition-ends.ts'

export interface SubjectReaderDeps {
  readonly pool: Pool
  readonly archive: Archive
  readonly log: Pick<EventLog, 'ranges' | 'positions' | 'read'>
}

/** A store and what it holds of the person, a row or record each. */
export interface SubjectPart {
  readonly name: string
  readonly rows: AsyncIterable<object>
}

const ARCHIVER_GROUP = 'archiver'

/**
 * Reads all that is held of a person, a store after the other, some rows in memory at a time: what the database has, then
 * what only waits or is only kept elsewhere (`spool`, `log`, `archive`, `parquet`). Of what others say of the person
 * nothing is theirs to be given.
 */
export function createSubjectReader({ pool, archive, log }: SubjectReaderDeps) {
  return async function readSubject(
    given: readonly string[],
    each: (part: SubjectPart) => Promise<void>,
  ): Promise<void> {
    const people = await readLinked(pool, given)
    const isTheirs = (person: string): boolean => people.has(person)
    const shown = new Set<string>()

    await readPerson(pool, [...people], ({ name, rows }) =>
      each({ name, rows: name === 'quarantine' ? quarantined(rows) : noted(rows) }),
    )
    await each({ name: 'spool', rows: spooled() })
    await each({ name: 'log', rows: notArchived() })
    await each({ name: 'archive', rows: archived() })
    await each({ name: 'parquet', rows: inParquet() })

    /** Remembers the events that were shown: what else holds them holds nothing new. */
    async function* noted(rows: AsyncIterable<Readonly<Record<string, unknown>>>): AsyncIterable<object> {
      for await (const row of rows) {
        shown.add(String(row.event_id))
        yield row
      }
    }

    async function* quarantined(
      rows: AsyncIterable<Readonly<Record<string, unknown>>>,
    ): AsyncIterable<object> {
      for await (const row of rows) {
        if (eraseFromEvent(row.record, isTheirs).kind !== 'erased') continue
        shown.add(`${row.topic}/${row.partition}/${row.record_offset}`)
        yield row
      }
    }

    async function* spooled(): AsyncIterable<object> {
      for await (const key of listSpool(archive)) {
        const object = await readSpooled(archive, key)
        if (object.kind !== 'batches') continue
        for (const { topic, records } of object.batches) {
          for (const record of records) {
            if (eraseFromRecord(record, isTheirs).kind === 'erased')
              yield { topic, event: JSON.parse(record.value) }
          }
        }
      }
    }

    async function* notArchived(): AsyncIterable<object> {
      const found: object[] = []
      await log.read(await rangesToArchive(), ({ topic, partition }, records) => {
        for (const record of records) {
          if (eraseFromRecord(record, isTheirs).kind !== 'erased') continue
          const event: unknown = JSON.parse(record.value)
          if (isNew(event, `${topic}/${partition}/${record.offset}`))
            found.push({ topic, partition, offset: record.offset, event })
        }
      })
      yield* found
    }

    async function rangesToArchive() {
      const ends = await readPartitionEnds(log)
      const reached = new Map<string, number>()
      for (const topic of new Set(ends.map((end) => end.topic))) {
        for (const { partition, nextOffset } of await log.positions(topic, ARCHIVER_GROUP))
          reached.set(`${topic}/${partition}`, nextOffset)
      }
      return ends.map(({ topic, partition, firstOffset, nextOffset }) => ({
        ...{ topic, partition, nextOffset },
        firstOffset: Math.max(firstOffset, reached.get(`${topic}/${partition}`) ?? 0),
      }))
    }

    async function* archived(): AsyncIterable<object> {
      for await (const key of archive.list('raw/')) {
        const name = parseRawKey(key)
        if (!name) continue
        const { topic, partition } = name
        for await (const record of readRecords(archive, key)) {
          if (record.erased) continue
          const { offset, event } = record
          if (eraseFromEvent(event, isTheirs).kind !== 'erased') continue
          if (isNew(event, `${topic}/${partition}/${offset}`)) yield { topic, partition, offset, event }
        }
      }
    }

    async function* inParquet(): AsyncIterable<object> {
      const concerns = ({ person_id: person }: { readonly person_id?: unknown }): boolean =>
        typeof person === 'string' && people.has(person)
      for await (const key of archive.list('parquet/events/')) {
        const object = await archive.get(key)
        if (!object) continue
        for await (const row of findRows(object.body, { columns: ['person_id'], concerns })) {
          if (!shown.has(String(row.event_id))) yield row
        }
      }
    }

    /** Not of an event, and not in a place, that was shown. */
    function isNew(event: unknown, place: string): boolean {
      const { eventId } = Object(event) as { eventId?: unknown }
      if (shown.has(place) || (typeof eventId === 'string' && shown.has(eventId))) return false
      shown.add(typeof eventId === 'string' ? eventId : place)
      return true
    }
  }
}
