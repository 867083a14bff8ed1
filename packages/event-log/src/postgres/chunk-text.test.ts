import { expect, test } from 'vitest'
import type { LogRecord } from '../event-log.ts'
import { chunkText, frameRecord, readChunk } from './chunk-text.ts'

const roundTrip = (records: readonly LogRecord[]) => readChunk(chunkText(records.map(frameRecord)), 7)

test.each([
  ['plain JSON', [{ key: 'k', value: '{"a":1}' }]],
  ['empty key and value', [{ key: '', value: '' }]],
  ['digits and spaces where lengths stand', [{ key: '12 3', value: ' 4 5 6 ' }]],
  ['newlines, tabs, quotes, backslashes', [{ key: 'a\tb', value: 'x\n\r\n"\\x01a\\' }]],
  ['letters beyond the basic plane', [{ key: 'żółć', value: '👩‍👩‍👧 日本語' }]],
  ['headers', [{ key: 'k', value: 'v', headers: { traceparent: '00-ä' } }]],
  ['zero bytes beside the escape itself', [{ key: '\0', value: '\x01\0\x01a\x01b' }]],
  [
    'several',
    [
      { key: 'a', value: '1' },
      { key: 'b', value: '2', headers: {} },
      { key: 'c', value: '3' },
    ],
  ],
] as [string, LogRecord[]][])('%s come back as they were', (_name, records) => {
  expect(roundTrip(records)).toEqual(records.map((record, n) => ({ ...record, offset: 7 + n })))
})

test('a chunk never holds a zero byte', () => {
  expect(chunkText([frameRecord({ key: '\0', value: '\0\0' })])).not.toContain('\0')
})
