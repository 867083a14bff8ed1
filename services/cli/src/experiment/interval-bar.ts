import type { Interval } from '@millrace/experiments/statistics/sample'

const HALF = 12

/**
 * An interval as a picture on a scale from −reach to +reach with 0 in the middle, marked `|`: `─` is the interval, `●` the
 * estimate, and what leaves the scale ends in `<` or `>`.
 */
export function intervalBar(
  { low, high, estimate }: Interval & { readonly estimate: number },
  reach: number,
): string {
  const place = (value: number): number =>
    reach > 0 ? Math.round(HALF + (HALF * Math.max(-reach, Math.min(reach, value))) / reach) : HALF
  const cells: string[] = Array.from({ length: 2 * HALF + 1 }, (_, cell) => (cell === HALF ? '|' : '·'))
  for (let cell = place(low); cell <= place(high); cell += 1) cells[cell] = cell === HALF ? '┼' : '─'
  if (low < -reach) cells[0] = '<'
  if (high > reach) cells[2 * HALF] = '>'
  cells[place(estimate)] = '●'
  return cells.join('')
}
