import { expect, test } from 'vitest'
import { printTable } from './print-table.ts'

const printed = (rows: readonly (readonly (string | number)[])[]) => {
  const lines: string[] = []
  printTable(rows, (line) => lines.push(line))
  return lines
}

test('numbers stand to the right, below a head that does', () => {
  const rows = [
    ['day', 'revenue', 'country'],
    ['2011-11-01', '1829.81', 'FR'],
    ['2011-11-02', '-16.75', 'IE'],
  ]
  expect(printed(rows)).toEqual([
    'day         revenue  country',
    '2011-11-01  1829.81  FR',
    '2011-11-02   -16.75  IE',
  ])
})

test('a column with a word among its numbers stays to the left', () => {
  expect(printed([['a'], [100], ['none']])).toEqual(['a', '100', 'none'])
})

test('a table may have any number of rows', () => {
  expect(printed(Array.from({ length: 300_000 }, (_, n) => [n, 'x'])).at(-1)).toBe('299999  x')
})

test('no rows are no lines', () => {
  expect(printed([])).toEqual([])
})
