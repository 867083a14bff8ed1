import { expect, test } from 'vitest'
import { sparingly } from './sparingly.ts'

/** A read that takes so many milliseconds of a clock of its own. */
function slowRead(ms: number) {
  const state = { now: 0, reads: 0 }
  const read = sparingly(
    async (key: string) => {
      state.now += ms
      state.reads += 1
      return `${key} ${state.reads}`
    },
    { share: 0.05, clock: () => state.now },
  )
  return { state, read }
}

test('a read of half a second is done again ten seconds later, not before', async () => {
  const { state, read } = slowRead(500)
  expect(await read('a')).toBe('a 1')
  state.now += 9_999
  expect(await read('a')).toBe('a 1')
  state.now += 1
  expect(await read('a')).toBe('a 2')
})

test('a cheap read is always fresh', async () => {
  const { read } = slowRead(99)
  await read('a')
  expect(await read('a')).toBe('a 2')
})

test('another key is read at once', async () => {
  const { read } = slowRead(500)
  await read('a')
  expect(await read('b')).toBe('b 2')
})

test('a read that failed is tried again by the next call', async () => {
  let fails = true
  const read = sparingly(async (key: string) => {
    if (fails) throw new Error('away')
    return key
  })
  await expect(read('a')).rejects.toThrow('away')
  fails = false
  expect(await read('a')).toBe('a')
})
