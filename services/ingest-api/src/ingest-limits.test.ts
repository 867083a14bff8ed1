import { createLogger } from '@millrace/runtime/logger'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { IngestDeps } from './create-ingest-api.ts'
import { event, PUBLIC_KEY, post, SECRET_KEY, startIngest } from './ingest-fixture.ts'

async function start(given: Partial<IngestDeps> = {}) {
  const api = await startIngest(given)
  onTestFinished(() => api.close())
  return { ...api, events: `${api.url}/v1/events` }
}

describe('the rate limit', () => {
  const limited = { ...PUBLIC_KEY, key: 'pk_test_limited', eventsPerSecond: 60 }

  test('counts events by key, answers 429 with Retry-After, and lets other keys be', async () => {
    const { events, log } = await start({ keys: [limited, PUBLIC_KEY] })
    const headers = { 'X-Write-Key': limited.key }
    const batch = (size: number) => Array.from({ length: size }, () => event())
    expect((await post(events, batch(400), headers)).status).toBe(202)
    const refused = await post(events, batch(300), headers)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(10)
    expect(refused.body).toMatchObject({ accepted: 0, detail: expect.stringContaining('rate limit') })
    expect(log.events()).toHaveLength(400)
    expect((await post(events, batch(200), headers)).status).toBe(202)
    expect((await post(events, event(), headers)).status).toBe(429)
    expect((await post(events, batch(300))).status).toBe(202)
  })

  test('lets the largest batch pass however low it is', async () => {
    const { events } = await start({ keys: [{ ...limited, eventsPerSecond: 0.0001 }] })
    const batch = Array.from({ length: 500 }, () => event())
    expect((await post(events, batch, { 'X-Write-Key': limited.key })).status).toBe(202)
  })

  test('does not hide that a body holds too many, whenever it is sent again', async () => {
    const { events } = await start({ keys: [limited] })
    const batch = Array.from({ length: 601 }, () => event())
    expect((await post(events, batch, { 'X-Write-Key': limited.key })).status).toBe(413)
  })
})

describe('the address of a client', () => {
  const forwarded = { 'X-Write-Key': PUBLIC_KEY.key, 'X-Forwarded-For': '198.51.100.7' }

  test('is that of the socket, unless a proxy is trusted to say it', async () => {
    const open = await start()
    await post(open.events, event(), forwarded)
    const behind = await start({ trustProxy: 'loopback' })
    await post(behind.events, event(), forwarded)
    expect(open.log.events()[0]?.context.ip).toBe('127.0.0.0')
    expect(behind.log.events()[0]?.context.ip).toBe('198.51.100.0')
  })

  test('is not read from a proxy that cannot be one', async () => {
    await expect(startIngest({ trustProxy: 'everyone' })).rejects.toMatchObject({ code: 'config_invalid' })
  })
})

describe('a person who denied consent', () => {
  const denied = { context: { consent: { categoryPreferences: { Analytics: false } } } }
  const key = { 'X-Write-Key': PUBLIC_KEY.key }

  test('is not stored at all by default, and the answer counts it', async () => {
    const { events, log, registry } = await start()
    const { status, body } = await post(events, [event(denied), event(denied), event()], key)
    expect(status).toBe(202)
    expect(body).toMatchObject({ accepted: 1, suppressed: 2, rejected: [] })
    expect(log.events()).toHaveLength(1)
    const gpc = await post(events, [event({ event: '' }), event()], { ...key, 'Sec-GPC': '1' })
    expect(gpc.status).toBe(202)
    expect(gpc.body).toMatchObject({ accepted: 0, suppressed: 1, rejected: [{ index: 0 }] })
    await post(events, [event({ ...denied, event: '' }), event()], key)
    expect(log.quarantined()).toEqual([])
    const metrics = await registry.metrics()
    expect(metrics).toContain('millrace_events_total{outcome="suppressed",code="consent"} 2')
    expect(metrics).toContain('millrace_events_total{outcome="suppressed",code="gpc"} 1')
  })

  test('may be told so for a whole batch', async () => {
    const { events, log } = await start()
    const { status, body } = await post(events, { ...denied, batch: [event(), event()] }, key)
    expect({ status, suppressed: body.suppressed }).toEqual({ status: 202, suppressed: 2 })
    const ofOthers = { context: { consent: { categoryPreferences: { Advertising: true } } } }
    const batch = [event(ofOthers), event({ ...ofOthers, event: '' })]
    const second = await post(events, { ...denied, batch }, key)
    expect(second.body).toMatchObject({ accepted: 0, suppressed: 1, rejected: [{ index: 1 }] })
    expect(log.batches).toEqual([])
  })

  test('is kept as nobody under the policy "anonymous"', async () => {
    const { events, log } = await start({ limits: { consentPolicy: 'anonymous' } })
    const { body } = await post(
      events,
      [event({ ...denied, userId: 'u', sessionId: 's' }), event({ ...denied, event: '', userId: 'u' })],
      key,
    )
    expect(body).toMatchObject({ accepted: 1, suppressed: 0 })
    const [kept] = log.events()
    expect(kept).toMatchObject({ consent: 'denied', event: 'search_performed' })
    expect(kept).not.toHaveProperty('userPerson')
    expect(kept).not.toHaveProperty('anonymousPerson')
    expect(kept).not.toHaveProperty('sessionId')
    expect(kept?.context).toEqual({ country: 'ZZ' })
    expect(log.batches[0]?.[0]?.records[0]?.key).toBe(kept?.eventId)
    expect(log.quarantined()[0]?.people).toEqual({})
  })

  test('is told from one who agreed', async () => {
    const { events, log } = await start()
    await post(events, event({ context: { consent: { categoryPreferences: { analytics: true } } } }), key)
    expect(log.events()[0]?.consent).toBe('granted')
  })
})

test('whatever is sent, every event is accepted, suppressed or rejected, and stored or not accordingly', async () => {
  const { events, log, registry } = await start({ limits: { consentPolicy: 'suppress' } })
  const anyEvent = fc.oneof(
    fc.constant(undefined).map(() => event()),
    fc
      .record({ Analytics: fc.boolean() })
      .map((categoryPreferences) => event({ context: { consent: { categoryPreferences } } })),
    fc.date({ noInvalidDate: true }).map((date) => event({ originalTimestamp: date.toISOString() })),
    fc.jsonValue().map((value) => event({ properties: value, event: 'custom event' })),
    fc.jsonValue(),
  )
  let total = 0
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { maxLength: 20 }), fc.boolean(), async (batch, gpc) => {
      log.batches.length = 0
      const { status, body } = await post(
        events,
        { batch },
        { 'X-Write-Key': SECRET_KEY.key, ...(gpc && { 'Sec-GPC': '1' }) },
      )
      total += batch.length
      expect(body.accepted + body.suppressed + body.rejected.length).toBe(batch.length)
      expect(status).toBe(batch.length > 0 && body.rejected.length === batch.length ? 400 : 202)
      expect(log.events()).toHaveLength(body.accepted)
      expect(log.quarantined().length).toBeLessThanOrEqual(body.rejected.length)
      const indexes = body.rejected.map(({ index }) => index)
      expect(indexes).toEqual([...new Set(indexes)].sort((a, b) => a - b))
    }),
    { numRuns: 60 },
  )
  const counted = [...(await registry.metrics()).matchAll(/^millrace_events_total\{.*\} (\d+)$/gm)]
  expect(counted.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(total)
})

describe('under more load than the log takes', () => {
  test('waiting requests share publishes, and beyond the bound are told to come again', async () => {
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const published: number[] = []
    const log = {
      publish: async (batches: readonly { records: readonly unknown[] }[]) => {
        await gate
        published.push(batches.reduce((count, { records }) => count + records.length, 0))
      },
      ranges: async () => [],
    }
    const { events, registry } = await start({ log, limits: { maxHeldBytes: 4_000 } })
    let refusals = 0
    const requests = Array.from({ length: 20 }, async () => {
      const answer = await post(events, event())
      if (answer.status === 503) refusals += 1
      return answer
    })
    const waiting = async () => {
      const gauge = await registry.getSingleMetric('http_requests_in_flight')?.get()
      return (gauge?.values[0]?.value ?? 0) + refusals
    }
    await expect.poll(waiting, { timeout: 10_000 }).toBe(20)
    await expect.poll(() => refusals, { timeout: 10_000 }).toBeGreaterThan(10)
    release()
    const answers = await Promise.all(requests)
    const accepted = answers.filter(({ status }) => status === 202)
    const refused = answers.find(({ status }) => status === 503)
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(published.reduce((sum, count) => sum + count, 0)).toBe(accepted.length)
    expect(published[0]).toBe(1)
    expect(Math.max(...published)).toBeGreaterThan(1)
    expect((await post(events, event())).status).toBe(202)
  })
})

describe('what the service tells of itself', () => {
  test('metrics have bounded labels, whatever paths are asked for', async () => {
    const { events, url } = await start()
    await post(events, [event(), event({ event: '' })])
    await fetch(`${url}/wp-login.php?user=jane`)
    await fetch(events)
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toContain('http_requests_total{route="/v1/events",status="202"} 1')
    expect(metrics).toContain('http_requests_total{route="/v1/events",status="405"} 1')
    expect(metrics).toContain('http_requests_total{route="unmatched",status="404"} 1')
    expect(metrics).toContain('millrace_events_total{outcome="accepted",code="none"} 1')
    expect(metrics).toContain('millrace_events_total{outcome="rejected",code="schema_invalid"} 1')
    expect(metrics).toContain('millrace_events_total{outcome="rejected",code="too_large"} 0')
    expect(metrics).toContain('millrace_publish_records_sum 2')
    expect(metrics).toMatch(/http_requests_in_flight 1\n/)
    expect(metrics).not.toMatch(/wp-login|jane/)
  })

  test('it is live always, and ready while the log or the spool is there', async () => {
    const { url, log, archive } = await start()
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
    log.fault = new Error('away')
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
    archive.fault = new Error('away')
    expect((await fetch(`${url}/health/ready`)).status).toBe(503)
    expect((await fetch(`${url}/health/live`)).status).toBe(200)
  })

  test('no body, key or query reaches the log lines, at any level', async () => {
    const lines: string[] = []
    const logger = createLogger({ service: 'ingest-api', level: 'silent' })
    for (const level of ['debug', 'info', 'warn', 'error'] as const) {
      logger[level] = (...given: unknown[]) => void lines.push(JSON.stringify([level, ...given]))
    }
    const { events, log } = await start({ logger })
    await post(`${events}?token=jane`, 'jane.doe@example.com')
    await post(events, event({ userId: 'jane' }))
    log.fault = new Error('broken')
    await post(events, event({ userId: 'jane' }))
    await expect.poll(() => lines.length).toBe(4)
    expect(lines.join('\n')).not.toMatch(/jane|pk_test/)
    expect(lines.map((line) => line.split(',')[0])).toEqual(['["debug"', '["debug"', '["error"', '["warn"'])
  })
})
