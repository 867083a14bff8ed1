import { randomBytes } from 'node:crypto'
import { createBullmqQueue } from '@millrace/job-queue/bullmq'
import { expect, onTestFinished, test } from 'vitest'
import { clearRedis } from '../support/ask-redis.ts'
import { runMillrace } from '../support/run-program.ts'
import { describeWith, testRedis } from '../support/servers.ts'

test('without REDIS_URL millrace queue says where the jobs are', async () => {
  const program = runMillrace(['queue', 'list'])
  expect(await program.ended).toBe(2)
  expect(program.stderr()).toContain('REDIS_URL: set it to the Redis of the jobs service')
})

await describeWith(testRedis, 'millrace queue', ({ url }) => {
  const open = () => {
    const prefix = `test-${randomBytes(6).toString('hex')}`
    onTestFinished(() => clearRedis(url, prefix))
    const queue = createBullmqQueue({ url, prefix, onError: () => {} })
    onTestFinished(() => queue.close())
    const millrace = async (...args: string[]) => {
      const program = runMillrace(['queue', ...args], { REDIS_URL: url, REDIS_PREFIX: prefix })
      const code = await program.ended
      return { code, stdout: program.stdout(), stderr: program.stderr() }
    }
    return { queue, millrace }
  }

  test('run has a job done, shows its progress and its result, and list shows it', async () => {
    const { queue, millrace } = open()
    await queue.work({
      runners: {
        count: async ({ data, progress }) => {
          await progress({ counted: 3 })
          await new Promise((resolve) => setTimeout(resolve, 1_000))
          return { of: data.of ?? 'all' }
        },
      },
    })
    const ran = await millrace('run', 'count')
    expect([ran.code, ran.stdout]).toEqual([0, 'count is done: {"of":"all"}\n'])
    expect(ran.stderr).toContain('{"counted":3}')
    const told = await millrace('run', 'count', '--data', '{"of":"some"}', '--json')
    expect(JSON.parse(told.stdout)).toMatchObject({ state: 'done', result: { of: 'some' } })
    const listed = await millrace('list')
    expect(listed.stdout).toMatch(/^count +done +1 .* {"of":"all"}$/m)
    expect(listed.stdout).toMatch(/^0 active, 0 waiting, 0 delayed, 0 dead, 2 done$/m)
    const usage = await millrace('run', 'count', '--data', 'all')
    expect([usage.code, usage.stderr]).toEqual([2, expect.stringContaining('Expected a JSON object.')])
  }, 60_000)

  test('a job that fails is shown with its reason, and retried when it is dead', async () => {
    const { queue, millrace } = open()
    let fails = true
    await queue.work({
      runners: {
        ill: async () => {
          if (fails) throw new Error('the weather is bad')
          return { well: true }
        },
      },
    })
    const failed = await millrace('run', 'ill')
    expect([failed.code, failed.stdout]).toEqual([1, 'ill failed: the weather is bad\n'])
    const { counts, jobs } = JSON.parse((await millrace('list', '--state', 'dead', '--json')).stdout)
    expect(counts).toMatchObject({ dead: 1, done: 0 })
    expect(jobs).toMatchObject([{ id: 'ill', state: 'dead', attempt: 1, error: 'the weather is bad' }])
    fails = false
    const retried = await millrace('retry')
    expect([retried.code, retried.stdout]).toEqual([0, '1 dead jobs are tried again\n'])
    await expect.poll(async () => (await queue.get('ill'))?.state).toBe('done')
    const again = await millrace('retry', 'ill', '--json')
    expect([again.code, JSON.parse(again.stdout)]).toEqual([1, { retried: [], notDead: ['ill'] }])
  }, 60_000)
})
