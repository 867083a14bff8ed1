import { setTimeout as sleep } from 'node:timers/promises'
import { createInProcessQueue } from '@millrace/job-queue/in-process'
import type { RunJob } from '@millrace/job-queue/job-queue'
import { expect, onTestFinished, test } from 'vitest'
import { describeJobQueue } from './job-queue-suite.ts'

describeJobQueue('In process', async () => {
  const queue = createInProcessQueue({ now: () => new Date() })
  onTestFinished(() => queue.close())
  return { queue, another: () => queue }
})

test('a cron schedule runs when its minute comes in its zone, not before', async () => {
  // It is 2:59:58.5 in Vienna.
  const aheadMs = Date.parse('2026-11-21T01:59:58.500Z') - Date.now()
  const queue = createInProcessQueue({ now: () => new Date(Date.now() + aheadMs) })
  onTestFinished(() => queue.close())
  const runs: string[] = []
  const run: RunJob = async ({ name }) => ({ runs: runs.push(name) })
  await queue.schedule('at_three', { cron: '0 3 * * *', timeZone: 'Europe/Vienna' })
  await queue.schedule('at_three_in_london', { cron: '0 3 * * *', timeZone: 'Europe/London' })
  await queue.work({ runners: { at_three: run, at_three_in_london: run } })
  await sleep(1_000)
  expect(runs).toEqual([])
  await expect.poll(() => runs, { timeout: 2_000 }).toEqual(['at_three'])
  await sleep(500)
  expect(runs).toEqual(['at_three'])
})

test('of the jobs that are done the last thousand are kept, and none for longer than 30 days', async () => {
  let at = Date.parse('2026-11-21T12:00:00Z')
  const queue = createInProcessQueue({ now: () => new Date(at++) })
  onTestFinished(() => queue.close())
  await queue.work({ runners: { n: async () => ({}) }, concurrency: 50 })
  for (let n = 0; n < 1_010; n++) await queue.enqueue('n', { n })
  await expect.poll(async () => (await queue.counts()).done).toBe(1_000)
  expect((await queue.list(['done'], 2_000)).at(-1)?.data).toEqual({ n: 10 })
  at += 31 * 86_400_000
  const last = await queue.enqueue('n', {})
  await expect.poll(async () => (await queue.counts()).done).toBe(1)
  expect((await queue.get(last))?.state).toBe('done')
})
