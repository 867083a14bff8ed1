import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { createGzip } from 'node:zlib'
import { rawKey } from '@millrace/archive/raw-key'
import type { IsErased } from '@millrace/contracts/erase-people'
import type { LogBatch, StoredRecord } from '@millrace/event-log/event-log'
import { recordLine } from './record-line.ts'

export interface RawObject {
  readonly key: string
  /** Gzipped NDJSON, a line a record. */
  readonly body: Uint8Array
  /** What readers choose objects by; the times of records that carry none are left out. */
  readonly metadata: Readonly<Record<string, string>>
}

/** For a first record without receivedAt: the key must come out the same whenever and by whomever it is made. */
const HOUR_UNKNOWN = '1970-01-01T00'
/** A few ms of work at a time: the API may run in the same process. */
const RECORDS_A_TURN = 200
/** 6 µs an event, two thirds of level 6, for 5 % more bytes. */
const GZIP = { level: 4, chunkSize: 256 * 1024 }

/** Makes the object that holds these records: contiguous offsets of one partition, at least one. */
export async function describeObject(
  { topic, partition, records }: LogBatch,
  businessDate: (epochMs: number) => string,
  isErased?: IsErased,
): Promise<RawObject> {
  const first = records[0] as StoredRecord
  const received = createBounds('received_at')
  const days = createBounds('business_date')

  /** The lines as text, some records at a time: an object is never in memory as text whole. */
  async function* linesOfTurns(): AsyncIterable<string> {
    for (let from = 0; from < records.length; from += RECORDS_A_TURN) {
      let text = ''
      for (const record of records.slice(from, from + RECORDS_A_TURN)) {
        const { line, receivedAt, timestamp } = recordLine(record, isErased)
        text += line
        if (receivedAt) received.add(receivedAt)
        if (timestamp) days.add(businessDate(Date.parse(timestamp)))
      }
      yield text
      await setImmediate()
    }
  }

  const body = await pipeline(linesOfTurns, createGzip(GZIP), buffer)
  return {
    key: rawKey({
      topic,
      partition,
      firstOffset: first.offset,
      receivedHour: recordLine(first).receivedAt?.slice(0, 13) ?? HOUR_UNKNOWN,
    }),
    body,
    metadata: {
      first_offset: `${first.offset}`,
      last_offset: `${first.offset + records.length - 1}`,
      count: `${records.length}`,
      ...received.metadata(),
      ...days.metadata(),
    },
  }
}

/** `least_<name>` and `greatest_<name>`; dates and ISO times in UTC are in order of time as texts. */
function createBounds(name: string): { add(value: string): void; metadata(): Record<string, string> } {
  let least: string | undefined
  let greatest: string | undefined
  return {
    add(value) {
      if (least === undefined || value < least) least = value
      if (greatest === undefined || value > greatest) greatest = value
    },
    metadata() {
      if (least === undefined || greatest === undefined) return {}
      return { [`least_${name}`]: least, [`greatest_${name}`]: greatest }
    },
  }
}
