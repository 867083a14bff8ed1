/** Rows as aligned columns, numbers to the right. */
export function printTable(
  rows: readonly (readonly (string | number)[])[],
  out: (line: string) => void,
): void {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, String(cell).length)
  }
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      typeof cell === 'number'
        ? String(cell).padStart(widths[column] ?? 0)
        : cell.padEnd(widths[column] ?? 0),
    )
    out(cells.join('  ').trimEnd())
  }
}
