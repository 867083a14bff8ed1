import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createBullmqQueue } from '@millrace/job-queue/bullmq'
import type { JobQueue } from '@millrace/job-queue/job-queue'
import { expect, onTestFinished, test } from 'vitest'
import { askRedis, clearRedis } from '../support/ask-redis.ts'
import { runTypeScript } from '../support/run-program.ts'
import { installRedis } from '../support/servers/install-redis.ts'
import { type StartedRedis, type StartRedisOptions, startRedis } from '../support/servers/start-redis.ts'
import { describeWith, testRedis } from '../support/servers.ts'
import { describeJobQueue } from './job-queue-suite.ts'

interface Opened {
  readonly queue: JobQueue
  readonly errors: string[]
}

function open(url: string, { prefix = newPrefix(), holdSeconds = 30 } = {}): Opened {
  const errors: string[] = []
  const queue = createBullmqQueue({
    url,
    prefix,
    holdSeconds,
    onError: (message, error) => errors.push(`${message}: ${(error as Error).message}`),
  })
  onTestFinished(() => queue.close())
  return { queue, errors }
}

const newPrefix = (): string => `test-${randomBytes(6).toString('hex')}`

await describeWith(testRedis, 'on Redis', ({ url }) => {
  describeJobQueue('BullMQ', async () => {
    const prefix = newPrefix()
    onTestFinished(() => clearRedis(url, prefix))
    return { queue: open(url, { prefix }).queue, another: () => open(url, { prefix }).queue }
  })

  test('a cron schedule waits for its minute in its zone', async () => {
    const prefix = newPrefix()
    const { queue } = open(url, { prefix })
    await queue.schedule('weekly', { cron: '15 3 * * 0', timeZone: 'Asia/Kolkata' })
    onTestFinished(() => clearRedis(url, prefix))
    const [, score] = (await askRedis(url, `ZSCORE ${prefix}:ticks:repeat weekly`)).split('\r\n')
    const next = new Date(Number(score))
    expect(next.getTime()).toBeGreaterThan(Date.now())
    expect(next.getTime()).toBeLessThan(Date.now() + 7 * 86_400_000)
    expect([next.getUTCDay(), next.toISOString().slice(11, 16)]).toEqual([6, '21:45'])
  })

  test('a job whose process is killed is taken over by another one, and no try is lost', async () => {
    const prefix = newPrefix()
    onTestFinished(() => clearRedis(url, prefix))
    const folder = await mkdtemp(path.join(tmpdir(), 'queue-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = path.join(folder, 'said')
    const victim = runTypeScript('./hold-job-queue.ts', [url, prefix, '2', file])
    onTestFinished(() => void victim.child.kill('SIGKILL'))
    const { queue } = open(url, { prefix, holdSeconds: 2 })
    const id = await queue.enqueue('endless', {}, { attempts: 1 })
    await expect.poll(() => readFile(file, 'utf8').catch(() => ''), { timeout: 15_000 }).toBe('begun\n')
    expect((await queue.get(id))?.progress).toEqual({ by: 'the one that is killed' })
    await queue.work({ runners: { endless: async ({ attempt }) => ({ attempt }) } })
    await sleep(3_000)
    expect((await queue.get(id))?.state).toBe('active')
    victim.child.kill('SIGKILL')
    await expect.poll(async () => (await queue.get(id))?.state, { timeout: 10_000 }).toBe('done')
    expect(await queue.get(id)).toMatchObject({ attempt: 2, result: { attempt: 2 } })
  })
})

await describeWith(installRedis, 'with a Redis that fails', () => {
  test('while Redis is away a call is refused in about 2 s, and works when it is back', async () => {
    const redis = await ownRedis({ durable: true })
    const { queue, errors } = open(redis.url)
    await queue.enqueue('before', {})
    await redis.nodes[0].kill()
    const begun = performance.now()
    await expect(queue.enqueue('during', {})).rejects.toMatchObject({
      code: 'queue_unavailable',
      retryable: true,
    })
    expect(performance.now() - begun).toBeLessThan(2_500)
    await expect(queue.counts()).rejects.toMatchObject({ code: 'queue_unavailable' })
    expect(errors.length).toBeLessThan(4)
    await redis.nodes[0].start()
    await expect.poll(() => queue.enqueue('after', {}), { timeout: 5_000 }).toBeDefined()
    // Nothing that was refused comes later.
    await sleep(1_500)
    expect((await queue.list(['waiting'])).map(({ name }) => name)).toEqual(['after', 'before'])
  })

  test('a queue that was never reached says so, closes, and names no password', async () => {
    const { queue, errors } = open('redis://:hush-hush@127.0.0.1:1')
    const refused = await queue.enqueue('x', {}).catch((error: Error) => error)
    expect(refused).toMatchObject({ code: 'queue_unavailable' })
    expect(String(refused)).toContain('ECONNREFUSED')
    await queue.work({ runners: {} })
    await sleep(500)
    await queue.close()
    expect(errors.length).toBeGreaterThan(0)
    expect(`${String(refused)} ${errors.join()}`).not.toContain('hush')
  })

  test('a wrong password is told without repeating it', async () => {
    const redis = await ownRedis()
    await askRedis(redis.url, 'CONFIG SET requirepass right')
    const { queue, errors } = open(redis.url.replace('//', '//:wrong-secret@'))
    const refused = await queue.enqueue('x', {}).catch((error: Error) => error)
    expect(refused).toMatchObject({ code: 'queue_unavailable' })
    expect(errors.join()).toMatch(/WRONGPASS|NOAUTH/)
    expect(`${String(refused)} ${errors.join()}`).not.toContain('wrong-secret')
  })

  test('a worker goes on when Redis is back, and schedules that it forgot are made again', async () => {
    const redis = await ownRedis()
    const { queue } = open(redis.url)
    let runs = 0
    await queue.schedule('tick', { everySeconds: 1 })
    await queue.work({ runners: { tick: async () => ({ run: ++runs }) } })
    await expect.poll(() => runs).toBeGreaterThan(0)
    await redis.nodes[0].kill()
    await sleep(1_500)
    const before = runs
    await redis.nodes[0].start()
    await expect.poll(() => runs, { timeout: 10_000 }).toBeGreaterThan(before + 1)
  })

  test('a job goes on while Redis stands still for two thirds of its hold, and is run once', async () => {
    const redis = await ownRedis()
    const prefix = newPrefix()
    const begun: string[] = []
    const gate: (() => void)[] = []
    for (const name of ['one', 'other']) {
      const { queue } = open(redis.url, { prefix, holdSeconds: 6 })
      await queue.work({
        runners: {
          long: async ({ signal }) => {
            begun.push(name)
            await new Promise<void>((resolve) => gate.push(resolve))
            return { aborted: signal.aborted }
          },
        },
      })
    }
    const { queue } = open(redis.url, { prefix })
    const id = await queue.enqueue('long', {})
    await expect.poll(() => begun.length).toBe(1)
    await sleep(1_500)
    await redis.nodes[0].kill('SIGSTOP')
    const refusedAt = performance.now()
    await expect(queue.counts()).rejects.toMatchObject({ code: 'queue_unavailable' })
    expect(performance.now() - refusedAt).toBeLessThan(2_500)
    await sleep(2_000)
    await redis.nodes[0].kill('SIGCONT')
    await sleep(4_000)
    for (const open of gate) open()
    await expect.poll(async () => (await queue.get(id))?.state).toBe('done')
    expect((await queue.get(id))?.result).toEqual({ aborted: false })
    expect(begun.length).toBe(1)
  })

  test('a job that was lost while Redis stood still for too long is aborted, and done by another', async () => {
    const redis = await ownRedis()
    const prefix = newPrefix()
    const begun: string[] = []
    const aborted: string[] = []
    for (const name of ['one', 'other']) {
      const { queue } = open(redis.url, { prefix, holdSeconds: 2 })
      await queue.work({
        runners: {
          long: async ({ attempt, signal }) => {
            begun.push(name)
            if (attempt > 1) return { by: name }
            await new Promise((resolve) => signal.addEventListener('abort', resolve))
            aborted.push(name)
            throw signal.reason
          },
        },
      })
    }
    const { queue, errors } = open(redis.url, { prefix })
    const id = await queue.enqueue('long', {})
    await expect.poll(() => begun.length).toBe(1)
    await redis.nodes[0].kill('SIGSTOP')
    await sleep(3_500)
    await redis.nodes[0].kill('SIGCONT')
    await expect.poll(async () => (await queue.get(id))?.state, { timeout: 10_000 }).toBe('done')
    expect(aborted).toEqual([begun[0]])
    expect((await queue.get(id))?.result).toEqual({ by: begun[1] })
    expect(begun).toHaveLength(2)
    expect(errors).toEqual([])
  })

  test('a Redis that may throw jobs away is warned of once', async () => {
    const redis = await ownRedis()
    await askRedis(redis.url, 'CONFIG SET maxmemory-policy allkeys-lru')
    const { queue, errors } = open(redis.url)
    await queue.work({ runners: {} })
    await expect
      .poll(() => errors)
      .toEqual([
        'check Redis: Redis may throw jobs away: its maxmemory-policy is allkeys-lru, set it to noeviction',
      ])
    await redis.nodes[0].kill()
    await redis.nodes[0].start()
    await expect.poll(() => queue.counts().catch(() => undefined), { timeout: 5_000 }).toBeDefined()
    expect(errors.filter((error) => error.includes('maxmemory'))).toHaveLength(1)
  })
})

async function ownRedis(options: StartRedisOptions = {}): Promise<StartedRedis> {
  const redis = await startRedis(options)
  onTestFinished(() => redis.stop())
  return redis
}
