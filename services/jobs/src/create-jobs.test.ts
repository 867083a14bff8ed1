import { Fault } from '@millrace/contracts/fault'
import { createInProcessQueue } from '@millrace/job-queue/in-process'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createPool } from '@millrace/warehouse/database'
import { expect, onTestFinished, test } from 'vitest'
import { createJobs } from './create-jobs.ts'

const now = (): Date => new Date()
const withCode = (message: string, code: string): Error => Object.assign(new Error(message), { code })

/** What is logged of a job with a single try that fails, a line an entry. */
async function linesOf(fail: () => Promise<never>): Promise<string[]> {
  const queue = createInProcessQueue({ now })
  onTestFinished(() => queue.close())
  const pool = createPool({ url: 'postgres://nobody@127.0.0.1:1/none', name: 'test' })
  onTestFinished(() => pool.end())
  const lines: string[] = []
  const logger = createLogger({ service: 'test', level: 'silent' })
  for (const level of ['warn', 'error'] as const)
    logger[level] = (...given: unknown[]) => void lines.push(`${level} ${JSON.stringify(given)}`)
  const service = await createJobs({
    jobs: [{ name: 'ill', attempts: 1, schedule: { everySeconds: 3_600 }, run: fail }],
    ...{ queue, pool, logger, registry: createServiceMetrics(), now },
  })
  onTestFinished(() => service.close())
  await expect.poll(() => lines).not.toEqual([])
  return lines
}

test.each([
  new Fault('archive_unavailable', 'S3 is away'),
  withCode('terminating connection due to administrator command', '57P01'),
  withCode('sorry, too many clients already', '53300'),
  withCode('read ECONNRESET', 'ECONNRESET'),
  new Error('Connection terminated unexpectedly'),
  new Error('timeout exceeded when trying to connect'),
])('a job that gives up because of the weather wakes nobody: %s', async (error) => {
  const lines = await linesOf(() => Promise.reject(error))
  expect(lines).toEqual([expect.stringMatching(/^warn .*a job gave up/)])
  expect(lines.join()).toContain(error.message)
})

test('nor does one that finds Postgres away, and its reason is said', async () => {
  const away = createPool({ url: 'postgres://nobody@localhost:1/none', name: 'test' })
  onTestFinished(() => away.end())
  const lines = await linesOf(async () => {
    await away.query('select 1')
    throw new Error('unexpected')
  })
  expect(lines).toEqual([expect.stringMatching(/^warn .*ECONNREFUSED.*a job gave up/)])
})

test.each([
  new Fault('config_invalid', 'no such bucket'),
  withCode('permission denied for table fact_order', '42501'),
  new TypeError('x is not a function'),
])('one that fails for another reason is an error: %s', async (error) => {
  expect(await linesOf(() => Promise.reject(error))).toEqual([
    expect.stringMatching(/^error .*a job failed for good/),
  ])
})
