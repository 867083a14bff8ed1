/** The name that is fewest letters away, and how many: letters to insert, remove or replace. */
export function nearestName(
  name: string,
  known: Iterable<string>,
): { readonly nearest: string; readonly distance: number } {
  let nearest = ''
  let distance = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const found = editDistance(name, candidate)
    if (found < distance) [nearest, distance] = [candidate, found]
  }
  return { nearest, distance }
}

function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    above = current
  }
  return above[b.length] ?? 0
}
