import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inParallel } from './in-parallel.ts'

function countTo(last: number, made: number[] = []): AsyncGenerator<number> {
  return (async function* () {
    for (let n = 1; n <= last; n++) {
      made.push(n)
      yield n
    }
  })()
}

test('so many items are under way at once and no more are made ahead', async () => {
  const made: number[] = []
  let underWay = 0
  let most = 0
  let handled = 0
  let ahead = 0
  await inParallel(countTo(50, made), 3, async () => {
    underWay += 1
    most = Math.max(most, underWay)
    await setTimeout(1)
    ahead = Math.max(ahead, made.length - handled)
    underWay -= 1
    handled += 1
  })
  expect({ handled, most }).toEqual({ handled: 50, most: 3 })
  expect(ahead).toBeLessThanOrEqual(4)
})

test('after a failure what is under way ends, what waits is told, and no item is taken any more', async () => {
  const ended: number[] = []
  const made: number[] = []
  const run = inParallel(countTo(100, made), 3, async (n, signal) => {
    if (n === 2) throw new Error('two')
    await setTimeout(20)
    if (signal.aborted) ended.push(n)
  })
  await expect(run).rejects.toThrow('two')
  expect(ended.sort()).toEqual([1, 3])
  expect(made.length).toBeLessThan(5)
})

test('a failure of what makes the items is thrown after the others have ended', async () => {
  const ended: number[] = []
  const items = (async function* () {
    yield 1
    throw new Error('no more rows')
  })()
  const run = inParallel(items, 2, async (n) => {
    await setTimeout(10)
    ended.push(n)
  })
  await expect(run).rejects.toThrow('no more rows')
  expect(ended).toEqual([1])
})
