import type { LogRecord, StoredRecord } from '../event-log.ts'

/**
 * A chunk's text: `=` or `~`, then a frame a record: `<key length> <value length> <headers length> ` and the three
 * texts, headers as JSON or nothing. Lengths are in UTF-16 units, so that reading is slicing one decoded string. `~`
 * says that zero bytes, which Postgres does not store, are escaped.
 */
export function frameRecord({ key, value, headers }: LogRecord): string {
  const headersText = headers === undefined ? '' : JSON.stringify(headers)
  return `${key.length} ${value.length} ${headersText.length} ${key}${value}${headersText}`
}

export function chunkText(frames: readonly string[]): string {
  const text = frames.join('')
  if (!text.includes('\0')) return `=${text}`
  return `~${text.replaceAll('\x01', '\x01b').replaceAll('\0', '\x01a')}`
}

/** The chunk's records, the first of which has the given offset. */
export function readChunk(chunk: string, firstOffset: number): StoredRecord[] {
  const text =
    chunk[0] === '~' ? `~${chunk.slice(1).replaceAll('\x01a', '\0').replaceAll('\x01b', '\x01')}` : chunk
  const records: StoredRecord[] = []
  let at = 1
  const readLength = (): number => {
    let length = 0
    for (let code = text.charCodeAt(at++); code !== 32; code = text.charCodeAt(at++)) {
      length = length * 10 + code - 48
    }
    return length
  }
  while (at < text.length) {
    const keyLength = readLength()
    const valueLength = readLength()
    const headersLength = readLength()
    const valueAt = at + keyLength
    const headersAt = valueAt + valueLength
    const record = {
      offset: firstOffset + records.length,
      key: text.slice(at, valueAt),
      value: text.slice(valueAt, headersAt),
    }
    at = headersAt + headersLength
    records.push(headersLength === 0 ? record : { ...record, headers: JSON.parse(text.slice(headersAt, at)) })
  }
  return records
}
