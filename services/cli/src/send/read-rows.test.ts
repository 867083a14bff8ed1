import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import type { RowFormat } from './mapping.ts'
import { formatOf, type ReadRow, readRows } from './read-rows.ts'

async function rowsOf(
  name: string,
  content: string | Buffer,
  { format = 'csv', columns = [] }: { format?: RowFormat; columns?: readonly string[] } = {},
): Promise<ReadRow[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rows-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = path.join(folder, name)
  await writeFile(file, content)
  const rows: ReadRow[] = []
  const source = createReadStream(file, { highWaterMark: 16 })
  for await (const some of readRows({ source, file, format, columns })) rows.push(...some)
  return rows
}

const CSV = '\uFEFFid,text\r\n1,"a, ""b""\r\nc"\r\n\r\n2,d\r\n'

test('CSV with a byte order mark, quotes, line breaks and empty lines', async () => {
  expect(await rowsOf('a.csv', CSV)).toEqual([
    { kind: 'row', number: 1, row: { id: '1', text: 'a, "b"\r\nc' } },
    { kind: 'row', number: 2, row: { id: '2', text: 'd' } },
  ])
})

test('a gzipped file reads like the file', async () => {
  expect(await rowsOf('a.csv.gz', gzipSync(CSV))).toEqual(await rowsOf('a.csv', CSV))
})

test('a record with too few fields is unreadable and the others are not', async () => {
  const rows = await rowsOf('a.csv', 'id,text\n1,a\n2\n3,c\n4\n')
  expect(rows.map(({ kind, number }) => `${number} ${kind}`)).toEqual([
    '1 row',
    '2 unreadable',
    '3 row',
    '4 unreadable',
  ])
  expect(rows).toContainEqual({
    kind: 'unreadable',
    number: 2,
    reason: 'expected as many fields as the header has',
  })
})

test('NDJSON: what is no object is unreadable, and the reason does not repeat it', async () => {
  const rows = await rowsOf('a.ndjson', '\uFEFF{"a":"é"}\r\n\n[1]\nann@example.org\n{"b":2}', {
    format: 'ndjson',
  })
  expect(rows).toEqual([
    { kind: 'row', number: 1, row: { a: 'é' } },
    { kind: 'unreadable', number: 3, reason: 'expected a JSON object' },
    { kind: 'unreadable', number: 4, reason: 'expected a JSON object' },
    { kind: 'row', number: 5, row: { b: 2 } },
  ])
})

test('lines come as they are', async () => {
  expect(await rowsOf('a.txt', 'one\n two \n', { format: 'lines' })).toEqual([
    { kind: 'row', number: 1, row: { line: 'one' } },
    { kind: 'row', number: 2, row: { line: ' two ' } },
  ])
})

test('a missing column is named', async () => {
  await expect(rowsOf('a.csv', CSV, { columns: ['id', 'price'] })).rejects.toThrow(
    /a\.csv has no column price, which the mapping needs/,
  )
})

test('a gzipped file that was cut off is an error, not its end', async () => {
  const zipped = gzipSync(`${CSV}${'3,e\n'.repeat(5000)}`)
  await expect(rowsOf('a.csv.gz', zipped.subarray(0, zipped.length - 20))).rejects.toThrow(/Cannot read/)
  await expect(rowsOf('a.log.gz', zipped.subarray(0, 30), { format: 'lines' })).rejects.toThrow(/Cannot read/)
})

test('reading may end early', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'rows-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, format] of [
    ['a.csv.gz', 'csv'],
    ['a.log.gz', 'lines'],
  ] as const) {
    const file = path.join(folder, name)
    await writeFile(file, gzipSync('a\n1\n'.repeat(100_000)))
    const source = createReadStream(file, { highWaterMark: 16 })
    for await (const rows of readRows({ source, file, format, columns: [] })) {
      expect(rows[0]?.kind).toBe('row')
      break
    }
    expect(source.destroyed).toBe(true)
  }
})

test('the name tells the format', () => {
  expect(['a.csv', 'b.CSV.gz', 'c.jsonl', 'd.ndjson.gz', 'e.log.gz', 'f.txt'].map(formatOf)).toEqual([
    'csv',
    'csv',
    'ndjson',
    'ndjson',
    'apache',
    undefined,
  ])
})
