type Cell = string | number

/** Rows as aligned columns, numbers and what stands above them to the right. */
export function printTable(rows: readonly (readonly Cell[])[], out: (line: string) => void): void {
  const columns = greatest(rows.map((row) => row.length))
  const widths: number[] = []
  const right: boolean[] = []
  for (let column = 0; column < columns; column += 1) {
    const cells = rows.map((row) => String(row[column] ?? ''))
    widths.push(greatest(cells.map((cell) => cell.length)))
    right.push(cells.slice(1).every(isNumber))
  }
  for (const row of rows) {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0
      return right[column] ? String(cell).padStart(width) : String(cell).padEnd(width)
    })
    out(cells.join('  ').trimEnd())
  }
}

/** Math.max takes some 100,000 arguments at the most. */
function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0)
}

function isNumber(cell: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(cell)
}
