import { expect, test } from 'vitest'
import { shuffle } from './shuffle.ts'

async function* numbers(): AsyncGenerator<number> {
  for (let n = 0; n < 1000; n++) yield n
}

async function shuffled(seed: number): Promise<number[]> {
  const all: number[] = []
  for await (const n of shuffle(numbers(), seed)) all.push(n)
  return all
}

test('a seed gives one order, another seed another, and both hold every item once', async () => {
  const one = await shuffled(7)
  expect(await shuffled(7)).toEqual(one)
  expect(await shuffled(8)).not.toEqual(one)
  expect(one).not.toEqual([...one].sort((a, b) => a - b))
  expect([...one].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, n) => n))
})
