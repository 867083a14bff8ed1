import { setImmediate } from 'node:timers/promises'
import type { ParquetRow } from './parquet-columns.ts'
import { openParquet, type ParquetFile, readRows } from './parquet-file.ts'

/** Which rows are meant, told by some of their columns alone. */
export interface RowFilter {
  readonly columns: readonly string[]
  concerns(row: ParquetRow): boolean
}

/** The rows of a file that are meant, whole. A file without any is not decoded but for these columns. */
export async function* findRows(body: Uint8Array, filter: RowFilter): AsyncIterable<ParquetRow> {
  const file = openParquet(body)
  if (!(await concernsAny(file, filter))) return
  for await (const rows of groupsOf(file)) yield* rows.filter(filter.concerns)
}

export async function concernsAny(file: ParquetFile, { columns, concerns }: RowFilter): Promise<boolean> {
  const present = new Set(file.metadata.schema.map(({ name }) => name))
  const looked = columns.filter((name) => present.has(name))
  for await (const rows of groupsOf(file, looked)) if (rows.some(concerns)) return true
  return false
}

/** The rows of a file, a group at a time. */
export async function* groupsOf(file: ParquetFile, columns?: readonly string[]): AsyncIterable<ParquetRow[]> {
  let start = 0
  for (const { num_rows: rows } of file.metadata.row_groups) {
    yield await readRows(file, start, start + Number(rows), columns)
    start += Number(rows)
    await setImmediate()
  }
}
