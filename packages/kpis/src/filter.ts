import { type FactColumn, type FactTable, factColumns } from '@millrace/contracts/fact-columns'
import { Fault } from '@millrace/contracts/fault'
import { quote } from './sql/quote.ts'

type Value = string | number

/** What a column must be: this value (null: not set), or one of the comparisons. */
export type Condition =
  | Value
  | null
  | { readonly not: Value | null }
  | { readonly in: readonly Value[] }
  | { readonly over: number }
  | { readonly under: number }
  | { readonly atLeast: number }
  | { readonly atMost: number }

/** Columns of a fact table, each with what it must be; all must hold. A wrong column is a compile error. */
export type Filter<T extends FactTable> = { readonly [C in FactColumn<T>]?: Condition }

interface Filtered {
  readonly name: string
  readonly from: FactTable
}

/** A filter of some fact table, or SQL. */
export type AnyFilter = string | Readonly<Record<string, Condition | undefined>>

/**
 * The SQL condition of a filter; one that is SQL already stays as it is.
 * @throws Fault `contract_broken` when the fact table has no such column.
 */
export function filterSql(filter: AnyFilter, { name, from }: Filtered): string {
  if (typeof filter === 'string') return filter
  const columns = Object.keys(factColumns[from] ?? {})
  const wrong = Object.keys(filter).find((column) => !columns.includes(column))
  if (wrong)
    throw new Fault(
      'contract_broken',
      `KPI ${name}: where: ${from} has no such column ${wrong}, expected one of ${columns.join(', ')}`,
    )
  return Object.entries(filter)
    .flatMap(([column, condition]) => (condition === undefined ? [] : [conditionSql(column, condition)]))
    .join(' and ')
}

function conditionSql(column: string, condition: Condition): string {
  if (condition === null) return `${column} is null`
  if (typeof condition !== 'object') return `${column} = ${literal(condition)}`
  if ('not' in condition)
    return condition.not === null ? `${column} is not null` : `${column} <> ${literal(condition.not)}`
  if ('in' in condition) return `${column} in (${condition.in.map(literal).join(', ')})`
  if ('over' in condition) return `${column} > ${literal(condition.over)}`
  if ('under' in condition) return `${column} < ${literal(condition.under)}`
  if ('atLeast' in condition) return `${column} >= ${literal(condition.atLeast)}`
  return `${column} <= ${literal(condition.atMost)}`
}

function literal(value: Value): string {
  return typeof value === 'number' ? String(value) : quote(value)
}
