import type { SchemaElement } from 'hyparquet'

/** What a column holds: text, a moment (ISO 8601 UTC, to the millisecond), a whole number, or true and false. */
export type ColumnKind = 'text' | 'time' | 'integer' | 'flag'

export interface Column {
  readonly name: string
  readonly kind: ColumnKind
  /** Never null. */
  readonly required?: true
}

/** A value a column; absent and null are the same. */
export type ParquetRow = Readonly<Record<string, string | number | boolean | null | undefined>>

/** The types by which DuckDB, Spark and Athena know what a column is. */
export function schemaOf(columns: readonly Column[]): SchemaElement[] {
  const elements = columns.map(
    ({ name, kind, required }): SchemaElement => ({
      name,
      repetition_type: required ? 'REQUIRED' : 'OPTIONAL',
      ...TYPES[kind],
    }),
  )
  return [{ name: 'event', num_children: elements.length }, ...elements]
}

const TYPES: Readonly<Record<ColumnKind, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
  integer: { type: 'INT64' },
  flag: { type: 'BOOLEAN' },
}

/** True when files of both schemas can lie in one: same columns, same types, same order. */
export function isSameSchema(one: readonly SchemaElement[], other: readonly SchemaElement[]): boolean {
  const shapeOf = ({ name, type, converted_type: converted, repetition_type: repetition }: SchemaElement) =>
    [name, type, converted, repetition].join(' ')
  // The root has a name and its number of columns.
  return one.slice(1).map(shapeOf).join() === other.slice(1).map(shapeOf).join()
}

/**
 * The values of a column as the writer takes them. A value of another kind becomes text in a column of text and null in
 * any other: one odd record of a log must not keep all that follow it out of Parquet.
 */
export function columnData(rows: readonly ParquetRow[], { name, kind }: Column): unknown[] {
  const convert = WRITTEN[kind]
  return rows.map((row) => {
    const value = row[name]
    return value === undefined || value === null ? null : convert(value)
  })
}

const WRITTEN: Readonly<Record<ColumnKind, (value: unknown) => unknown>> = {
  text: (value) => (typeof value === 'string' ? value : JSON.stringify(value)),
  time: (value) => {
    const at = Date.parse(String(value))
    return Number.isNaN(at) ? null : BigInt(at)
  },
  integer: (value) => (Number.isSafeInteger(value) ? BigInt(value as number) : null),
  flag: (value) => (typeof value === 'boolean' ? value : null),
}
