import type { KafkaMessage } from 'kafkajs'
import type { StoredRecord } from '../event-log.ts'

/** Fetched records of one partition that wait for their handler. */
export interface RecordBuffer {
  readonly count: number
  readonly bytes: number
  /** When the first of them came, by performance.now(); undefined while there are none. */
  readonly since: number | undefined
  add(messages: readonly KafkaMessage[]): void
  /** The next ones, without gaps: about maxBytes at most, but always one when there is one. */
  take(maxRecords: number, maxBytes: number): readonly StoredRecord[]
  clear(): void
}

interface Fetched {
  readonly messages: readonly KafkaMessage[]
  readonly at: number
  /** How many of the messages are gone. */
  taken: number
}

export function createBuffer(): RecordBuffer {
  let fetched: Fetched[] = []
  let count = 0
  let bytes = 0
  return {
    get count() {
      return count
    },
    get bytes() {
      return bytes
    },
    get since() {
      return fetched[0]?.at
    },
    add(messages) {
      if (messages.length === 0) return
      fetched.push({ messages, at: performance.now(), taken: 0 })
      count += messages.length
      for (const message of messages) bytes += sizeOf(message)
    },
    take(maxRecords, maxBytes) {
      const records: StoredRecord[] = []
      let size = 0
      for (let first = fetched[0]; first; first = fetched[0]) {
        const message = first.messages[first.taken]
        if (!message) {
          fetched.shift()
          continue
        }
        const more = sizeOf(message)
        const last = records.at(-1)
        if (last && (records.length >= maxRecords || size + more > maxBytes)) break
        if (last && Number(message.offset) !== last.offset + 1) break
        first.taken += 1
        size += more
        records.push(toRecord(message))
      }
      count -= records.length
      bytes -= size
      return records
    },
    clear() {
      fetched = []
      count = 0
      bytes = 0
    },
  }
}

function sizeOf({ key, value }: KafkaMessage): number {
  return (key?.length ?? 0) + (value?.length ?? 0)
}

/** A message of kafkajs as a record of the port. */
export function toRecord({ offset, key, value, headers }: KafkaMessage): StoredRecord {
  const record = { key: key?.toString() ?? '', value: value?.toString() ?? '', offset: Number(offset) }
  const names = headers ? Object.keys(headers) : []
  if (names.length === 0) return record
  return { ...record, headers: Object.fromEntries(names.map((name) => [name, `${headers?.[name] ?? ''}`])) }
}
