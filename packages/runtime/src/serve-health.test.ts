import { expect, onTestFinished, test } from 'vitest'
import { serveHealth } from './serve-health.ts'
import { createServiceMetrics } from './service-metrics.ts'

const fine = () => Promise.resolve()

test('ready while every check passes', async () => {
  expect(await ready({ log: fine, archive: fine })).toEqual({
    status: 200,
    body: { status: 'ready', checks: { log: true, archive: true } },
  })
})

test('a check that fails is named', async () => {
  const away = () => Promise.reject(new Error('hunter2'))
  expect(await ready({ log: away, archive: fine })).toEqual({
    status: 503,
    body: { status: 'not_ready', checks: { log: false, archive: true } },
  })
})

test('a check that does not answer fails after 2 s, and nobody waits longer', async () => {
  const started = performance.now()
  expect(await ready({ log: fine, database: () => new Promise(() => {}) })).toEqual({
    status: 503,
    body: { status: 'not_ready', checks: { log: true, database: false } },
  })
  expect(performance.now() - started).toBeLessThan(4_000)
})

async function ready(checks: Record<string, () => Promise<unknown>>) {
  const registry = createServiceMetrics()
  const server = await serveHealth({ port: 0, host: '127.0.0.1', registry, checks })
  onTestFinished(() => server.close())
  const answer = await fetch(`${server.url}/health/ready`)
  return { status: answer.status, body: await answer.json() }
}
