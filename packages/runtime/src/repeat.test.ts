import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type Repeated, repeat } from './repeat.ts'

function start(
  work: () => Promise<void>,
  seconds: number,
  onError: (error: unknown) => void = () => {},
): Repeated {
  const repeated = repeat(work, { seconds, onError })
  onTestFinished(() => repeated.close())
  return repeated
}

test('runs go on by themselves and never overlap, also when someone asks for the next', async () => {
  let running = 0
  let most = 0
  let runs = 0
  const repeated = start(async () => {
    running += 1
    most = Math.max(most, running)
    await sleep(5)
    running -= 1
    runs += 1
  }, 0.001)
  await Promise.all([repeated.next(), repeated.next(), repeated.next()])
  await expect.poll(() => runs).toBeGreaterThan(5)
  expect(most).toBe(1)
})

test('next resolves after a run that began after the call', async () => {
  let begun = 0
  const repeated = start(async () => {
    begun += 1
    await sleep(20)
  }, 60)
  const first = repeated.next()
  await sleep(5)
  await Promise.all([repeated.next(), repeated.next()])
  await first
  expect(begun).toBe(2)
})

test('a run that throws is reported and the series goes on', async () => {
  const errors: unknown[] = []
  const repeated = start(
    () => Promise.reject(new Error('no')),
    0.001,
    (error) => errors.push(error),
  )
  await repeated.next()
  await expect.poll(() => errors.length).toBeGreaterThan(2)
})

test('close waits for the run under way and begins no other', async () => {
  let ended = 0
  const repeated = start(async () => {
    await sleep(20)
    ended += 1
  }, 0.001)
  void repeated.next()
  await sleep(5)
  const waiting = repeated.next()
  await repeated.close()
  expect(ended).toBe(1)
  await waiting
  await sleep(10)
  expect(ended).toBe(1)
})
