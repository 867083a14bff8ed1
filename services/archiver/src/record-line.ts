import { eraseFromRecord, type IsErased } from '@millrace/contracts/erase-people'
import type { StoredRecord } from '@millrace/event-log/event-log'

export interface RecordLine {
  /** The record as a line of NDJSON, with its newline. */
  readonly line: string
  /** ISO 8601 UTC, where the value carries it. */
  readonly receivedAt?: string
  readonly timestamp?: string
}

const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** A record whose person is to be forgotten becomes `{"offset":1,"erased":true}`. */
export function recordLine(record: StoredRecord, isErased?: IsErased): RecordLine {
  const left = isErased ? eraseFromRecord(record, isErased) : KEPT
  if (left.kind === 'erased') return { line: `{"offset":${record.offset},"erased":true}\n` }
  return keptLine(left.kind === 'kept' ? record : { ...record, value: left.value })
}

const KEPT = { kind: 'kept' } as const

/** `{"offset":1,"key":"…","event":{…}}`, the value as it stands; a value that is no JSON becomes a JSON string. */
function keptLine({ offset, key, value, headers }: StoredRecord): RecordLine {
  const parsed = parseJson(value)
  // Text inside JSON has no raw newline; one between its parts would cut the line.
  const asIs = parsed !== undefined && !value.includes('\n') && !value.includes('\r')
  const event = asIs ? value : JSON.stringify(parsed === undefined ? value : parsed.json)
  const shownHeaders = headers === undefined ? '' : `"headers":${JSON.stringify(headers)},`
  return {
    line: `{"offset":${offset},"key":${JSON.stringify(key)},${shownHeaders}"event":${event}}\n`,
    ...timesOf(parsed?.json),
  }
}

function parseJson(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) }
  } catch {
    return undefined
  }
}

function timesOf(json: unknown): { receivedAt?: string; timestamp?: string } {
  if (typeof json !== 'object' || json === null) return {}
  const { receivedAt, timestamp } = json as { receivedAt?: unknown; timestamp?: unknown }
  return {
    ...(isTime(receivedAt) ? { receivedAt } : {}),
    ...(isTime(timestamp) ? { timestamp } : {}),
  }
}

function isTime(given: unknown): given is string {
  return typeof given === 'string' && ISO_UTC.test(given) && !Number.isNaN(Date.parse(given))
}
