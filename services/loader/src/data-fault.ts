/** SQLSTATE classes that speak of the data: 22 data exception, 23 integrity constraint violation. */
const DATA_CLASSES = new Set(['22', '23'])

/** Limits of a type or an index entry that one row can be beyond. */
const DATA_STATES = new Set(['54000'])

/** Says what Postgres has against the data, without repeating any of it; undefined for everything else (weather). */
export function dataFault(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  if (!DATA_CLASSES.has(error.code.slice(0, 2)) && !DATA_STATES.has(error.code)) return undefined
  const column = 'column' in error && typeof error.column === 'string' ? `, column ${error.column}` : ''
  const table = 'table' in error && typeof error.table === 'string' ? ` for ${error.table}${column}` : ''
  return `its facts cannot be stored: SQLSTATE ${error.code}${table}`
}
