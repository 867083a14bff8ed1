import { expect, test } from 'vitest'
import { appendParquet } from './append-parquet.ts'
import type { Column, ParquetRow } from './parquet-columns.ts'
import { keyValueOf, openParquet, readRows } from './parquet-file.ts'

const COLUMNS: readonly Column[] = [
  { name: 'id', kind: 'text', required: true },
  { name: 'at', kind: 'time', required: true },
  { name: 'offset', kind: 'integer', required: true },
  { name: 'custom', kind: 'flag' },
  { name: 'note', kind: 'text' },
]
const columns = COLUMNS

function rowsFrom(first: number, count: number): ParquetRow[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `id-${first + n}`,
    at: new Date(Date.UTC(2026, 10, 21) + first + n).toISOString(),
    offset: first + n,
    custom: (first + n) % 2 === 0,
    note: (first + n) % 3 === 0 ? null : `ünïcode ${first + n}`,
  }))
}

async function append(
  before: Uint8Array | undefined,
  rows: readonly ParquetRow[],
  reach = 0,
  given: readonly Column[] = columns,
) {
  return appendParquet(before, {
    columns: given,
    unique: 'id',
    rows,
    keyValues: { reach: `${reach}` },
    rowsAGroup: 10,
  })
}

async function readAll(body: Uint8Array): Promise<ParquetRow[]> {
  const file = openParquet(body)
  return readRows(file, 0, Number(file.metadata.num_rows))
}

const groupsOf = (body: Uint8Array) =>
  openParquet(body).metadata.row_groups.map(({ num_rows: n }) => Number(n))

test('rows are read back as they were written', async () => {
  const written = await append(undefined, rowsFrom(0, 25), 25)
  expect(written).toMatchObject({ added: 25, rows: 25 })
  expect(await readAll(written?.body as Uint8Array)).toEqual(rowsFrom(0, 25))
  expect(keyValueOf(openParquet(written?.body as Uint8Array), 'reach')).toBe('25')
})

test('more rows fill the last group up, full groups stay byte by byte', async () => {
  const first = (await append(undefined, rowsFrom(0, 25)))?.body as Uint8Array
  const second = (await append(first, rowsFrom(25, 18), 43))?.body as Uint8Array
  expect(groupsOf(first)).toEqual([10, 10, 5])
  expect(groupsOf(second)).toEqual([10, 10, 10, 10, 3])
  expect(await readAll(second)).toEqual(rowsFrom(0, 43))
  const end = Number(openParquet(first).metadata.row_groups[2]?.columns[0]?.file_offset)
  expect(Buffer.from(second.subarray(0, end)).equals(first.subarray(0, end))).toBe(true)
  expect(keyValueOf(openParquet(second), 'reach')).toBe('43')
})

test('row by row it becomes the same as at once', async () => {
  let body: Uint8Array | undefined
  for (let n = 0; n < 32; n++) body = (await append(body, rowsFrom(n, 1)))?.body
  expect(await readAll(body as Uint8Array)).toEqual(rowsFrom(0, 32))
  expect(groupsOf(body as Uint8Array)).toEqual([10, 10, 10, 2])
})

test('a row that is there already, or twice among the new ones, is there once: the first', async () => {
  const before = (await append(undefined, rowsFrom(0, 25)))?.body as Uint8Array
  const again = { ...rowsFrom(3, 1)[0], note: 'another' }
  const after = await append(before, [again, ...rowsFrom(25, 2), ...rowsFrom(25, 2)])
  expect(after).toMatchObject({ added: 2, rows: 27 })
  expect(await readAll(after?.body as Uint8Array)).toEqual(rowsFrom(0, 27))
  expect(await append(before, rowsFrom(0, 25))).toBeUndefined()
})

test('a value of another kind than its column keeps no row out', async () => {
  const optional = columns.map(({ name, kind }): Column => ({ name, kind }))
  const odd = { id: 7, at: 'soon', offset: 1.5, custom: 'yes', note: { a: 1 } } as unknown as ParquetRow
  const written = await append(undefined, [odd, ...rowsFrom(1, 1)], 0, optional)
  expect(await readAll(written?.body as Uint8Array)).toEqual([
    { id: '7', at: null, offset: null, custom: null, note: '{"a":1}' },
    ...rowsFrom(1, 1),
  ])
})

test('a file of an earlier release is written anew with the columns of this one', async () => {
  const old = columns.slice(0, 3)
  const before = (await append(undefined, rowsFrom(0, 25), 0, old))?.body as Uint8Array
  const after = (await append(before, rowsFrom(25, 2)))?.body as Uint8Array
  const rows = await readAll(after)
  expect(rows).toHaveLength(27)
  expect(rows[0]).toEqual({ ...rowsFrom(0, 1)[0], custom: null, note: null })
  expect(rows[26]).toEqual(rowsFrom(26, 1)[0])
})
