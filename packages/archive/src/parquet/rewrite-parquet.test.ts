import { expect, test } from 'vitest'
import { appendParquet } from './append-parquet.ts'
import type { Column, ParquetRow } from './parquet-columns.ts'
import { keyValueOf, openParquet, readRows } from './parquet-file.ts'
import { rewriteParquet } from './rewrite-parquet.ts'

const columns: Column[] = [
  { name: 'id', kind: 'text', required: true },
  { name: 'at', kind: 'time' },
  { name: 'n', kind: 'integer' },
  { name: 'flag', kind: 'flag' },
]
const at = '2026-11-21T12:00:00.000Z'
const rows: ParquetRow[] = Array.from({ length: 10 }, (_, n) => ({
  id: `id ${n}`,
  at: n % 2 ? at : null,
  n,
  flag: n > 5,
}))
const keyValues = { 'millrace.next_offset': '10' }

async function file(given = rows): Promise<Uint8Array> {
  const options = { columns, unique: 'id', rows: given, keyValues, rowsAGroup: 4 }
  return (await appendParquet(undefined, options))?.body ?? new Uint8Array()
}

async function rowsOf(body: Uint8Array): Promise<ParquetRow[]> {
  const opened = openParquet(body)
  return readRows(opened, 0, Number(opened.metadata.num_rows))
}

const onlyId = { columns: ['id'] }

test('rows go or change, the others and the footer stay', async () => {
  const rewritten = await rewriteParquet(await file(), {
    ...onlyId,
    concerns: ({ id }) => id === 'id 1' || id === 'id 7',
    rewrite: (row) => (row.id === 'id 1' ? undefined : { ...row, id: 'gone', n: null }),
  })
  const expected = rows.flatMap((row, n) =>
    n === 1 ? [] : [n === 7 ? { ...row, id: 'gone', n: null } : row],
  )
  expect(rewritten?.rows).toBe(9)
  const body = rewritten?.body ?? new Uint8Array()
  expect(await rowsOf(body)).toEqual(expected)
  expect(keyValueOf(openParquet(body), 'millrace.next_offset')).toBe('10')
  expect(Buffer.from(body).includes('id 7')).toBe(false)
  const more = await appendParquet(body, { columns, unique: 'id', rows: [{ id: 'new', n: 1 }], keyValues })
  expect(more?.rows).toBe(10)
})

test('a file of which nothing is to change is not written', async () => {
  const rewriting = { ...onlyId, concerns: () => false, rewrite: () => undefined }
  expect(await rewriteParquet(await file(), rewriting)).toBeUndefined()
})

test('a file may lose all its rows and get others', async () => {
  const rewritten = await rewriteParquet(await file(), {
    ...onlyId,
    concerns: () => true,
    rewrite: () => undefined,
  })
  const body = rewritten?.body ?? new Uint8Array()
  expect(await rowsOf(body)).toEqual([])
  expect(keyValueOf(openParquet(body), 'millrace.next_offset')).toBe('10')
  const more = await appendParquet(body, { columns, unique: 'id', rows: rows.slice(0, 2), keyValues })
  expect(await rowsOf(more?.body ?? new Uint8Array())).toEqual(rows.slice(0, 2))
})
