import { setImmediate } from 'node:timers/promises'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { type Column, columnData, isSameSchema, type ParquetRow, schemaOf } from './parquet-columns.ts'
import { COMPRESSORS, endOf, openParquet, type ParquetFile, readRows } from './parquet-file.ts'

export interface Appendix {
  readonly columns: readonly Column[]
  /** The column by which a row is the same as another: of those the first one stays. */
  readonly unique: string
  readonly rows: readonly ParquetRow[]
  /** Kept in the footer. */
  readonly keyValues: Readonly<Record<string, string>>
  /** 25,000 unless given. */
  readonly rowsAGroup?: number
}

export interface Appended {
  readonly body: Uint8Array
  /** How many rows are new. */
  readonly added: number
  /** How many there are now. */
  readonly rows: number
}

/** Written in 0.4 s, a pause that others in the process can bear; 3 MB, large enough to be read in one go. */
const ROWS_A_GROUP = 25_000
/** Of a row, before the writer has to take more memory. */
const EXPECTED_BYTES = 250

/**
 * The file with more rows at its end. Full row groups are taken over as they are, without being decoded: a day that
 * grows by the hour costs what is new. Undefined when every row is there already.
 */
export async function appendParquet(
  before: Uint8Array | undefined,
  { columns, unique, rows, keyValues, rowsAGroup = ROWS_A_GROUP }: Appendix,
): Promise<Appended | undefined> {
  const file = before && openParquet(before)
  const fresh = await withoutKnown(file, unique, rows)
  if (fresh.length === 0) return undefined
  const schema = schemaOf(columns)
  const kept = file && isSameSchema(file.metadata.schema, schema) ? fullGroups(file, rowsAGroup) : 0
  const writer = startWriter(file, kept, fresh.length)
  const parquet = new ParquetWriter({
    writer,
    schema,
    codec: 'GZIP',
    compressors: COMPRESSORS,
    kvMetadata: Object.entries(keyValues).map(([key, value]) => ({ key, value })),
    createdBy: 'millrace',
  })
  if (file) takeOver(parquet, file, kept)
  for await (const group of inGroupsOf(rowsAGroup, groupsFrom(file, kept), fresh)) {
    await parquet.write({
      columnData: columns.map((column) => ({
        name: column.name,
        data: columnData(group, column),
        offsetIndex: false,
      })),
      rowGroupSize: rowsAGroup,
    })
    await setImmediate()
  }
  await parquet.finish()
  return { body: writer.getBytes(), added: fresh.length, rows: Number(parquet.num_rows) }
}

/** The rows of the groups and those that follow them, in groups of one size but for the last. */
async function* inGroupsOf(
  size: number,
  groups: AsyncIterable<readonly ParquetRow[]>,
  following: readonly ParquetRow[],
): AsyncIterable<readonly ParquetRow[]> {
  let rest: readonly ParquetRow[] = []
  for await (const group of groups) {
    rest = [...rest, ...group]
    for (; rest.length >= size; rest = rest.slice(size)) yield rest.slice(0, size)
  }
  const needed = rest.length > 0 ? size - rest.length : 0
  if (needed > 0) yield [...rest, ...following.slice(0, needed)]
  for (let from = needed; from < following.length; from += size) yield following.slice(from, from + size)
}

/** Rows that are neither in the file nor earlier among themselves. */
async function withoutKnown(
  file: ParquetFile | undefined,
  unique: string,
  rows: readonly ParquetRow[],
): Promise<ParquetRow[]> {
  const fresh = new Map<unknown, ParquetRow>()
  for (const row of rows) if (!fresh.has(row[unique])) fresh.set(row[unique], row)
  for await (const group of groupsFrom(file, 0, [unique])) {
    for (const row of group) fresh.delete(row[unique])
  }
  return [...fresh.values()]
}

/** How many groups at the beginning are full. */
function fullGroups({ metadata }: ParquetFile, rowsAGroup: number): number {
  const end = metadata.row_groups.findIndex(({ num_rows: rows }) => Number(rows) < rowsAGroup)
  return end < 0 ? metadata.row_groups.length : end
}

/** A writer at the end of the groups that are kept. ParquetWriter begins with the four bytes that every file begins with. */
function startWriter(file: ParquetFile | undefined, kept: number, rows: number): ByteWriter {
  return new ByteWriter((file && kept > 0 ? file.body.length : 0) + rows * EXPECTED_BYTES + 65_536)
}

function takeOver(parquet: ParquetWriter, { body, metadata }: ParquetFile, kept: number): void {
  const groups = metadata.row_groups.slice(0, kept)
  if (groups.length === 0) return
  const end = Math.max(...groups.map(endOf))
  parquet.writer.appendBytes(body.subarray(parquet.writer.offset, end))
  parquet.row_groups.push(...groups)
  parquet.num_rows = groups.reduce((sum, { num_rows: rows }) => sum + rows, 0n)
}

/** The rows of the groups from this one on, a group at a time. */
async function* groupsFrom(
  file: ParquetFile | undefined,
  from: number,
  columns?: readonly string[],
): AsyncIterable<ParquetRow[]> {
  let start = 0
  for (const [index, { num_rows: rows }] of (file?.metadata.row_groups ?? []).entries()) {
    const end = start + Number(rows)
    if (file && index >= from) yield await readRows(file, start, end, columns)
    start = end
    await setImmediate()
  }
}
