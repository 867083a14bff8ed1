import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { concernsAny, groupsOf, type RowFilter } from './find-rows.ts'
import { type Column, type ColumnKind, columnData, type ParquetRow } from './parquet-columns.ts'
import { COMPRESSORS, openParquet } from './parquet-file.ts'

export interface Rewriting extends RowFilter {
  /** What becomes of a whole row that is; undefined when it goes. */
  rewrite(row: ParquetRow): ParquetRow | undefined
}

/**
 * The file with some of its rows changed or gone, its schema and what its footer says the same; undefined when none is to
 * be. Every group is written anew: what was in a row is in no statistics either.
 */
export async function rewriteParquet(
  before: Uint8Array,
  rewriting: Rewriting,
): Promise<{ readonly body: Uint8Array; readonly rows: number } | undefined> {
  const file = openParquet(before)
  if (!(await concernsAny(file, rewriting))) return undefined
  const { schema, key_value_metadata: kvMetadata, created_by: createdBy } = file.metadata
  const columns = schema.slice(1).map(columnOf)
  const writer = new ByteWriter(before.length + 65_536)
  const parquet = new ParquetWriter({
    ...{ writer, schema, codec: 'GZIP', compressors: COMPRESSORS },
    ...(kvMetadata && { kvMetadata }),
    ...(createdBy !== undefined && { createdBy }),
  })
  for await (const rows of groupsOf(file)) {
    const left = rows.flatMap((row): ParquetRow[] => {
      const rewritten = rewriting.concerns(row) ? rewriting.rewrite(row) : row
      return rewritten ? [rewritten] : []
    })
    if (left.length === 0) continue
    await parquet.write({
      columnData: columns.map((column) => ({
        name: column.name,
        data: columnData(left, column),
        offsetIndex: false,
      })),
      rowGroupSize: left.length,
    })
  }
  await parquet.finish()
  return { body: writer.getBytes(), rows: Number(parquet.num_rows) }
}

/** A column of a file that was written by our own schema. */
function columnOf({
  name,
  type,
  converted_type: converted,
  repetition_type: repetition,
}: SchemaElement): Column {
  return { name, kind: kindOf(type, converted), ...(repetition === 'REQUIRED' && { required: true }) }
}

function kindOf(type: SchemaElement['type'], converted: SchemaElement['converted_type']): ColumnKind {
  if (type === 'BOOLEAN') return 'flag'
  if (type === 'INT64') return converted === 'TIMESTAMP_MILLIS' ? 'time' : 'integer'
  return 'text'
}
