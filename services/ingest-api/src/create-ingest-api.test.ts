import { gunzipSync } from 'node:zlib'
import { Fault } from '@millrace/contracts/fault'
import { createPseudonyms } from '@millrace/scrub/pseudonym'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { eventIdOf } from './event-id.ts'
import {
  CANARY_KEY,
  event,
  IMPORT_KEY,
  NOW,
  PSEUDONYM_KEY,
  PUBLIC_KEY,
  post,
  SECRET_KEY,
  startIngest,
} from './ingest-fixture.ts'

const pseudonym = createPseudonyms(PSEUDONYM_KEY)
let api: Awaited<ReturnType<typeof startIngest>>
let events: string

beforeAll(async () => {
  api = await startIngest()
  events = `${api.url}/v1/events`
})
afterAll(() => api.close())
beforeEach(() => {
  api.log.batches.length = 0
  api.log.fault = undefined
})

describe('an accepted event', () => {
  test('is in the log when the answer says 202, with what the server alone knows', async () => {
    const sent = event({ userId: 'user-1', receivedAt: '1999-01-01T00:00:00Z', source: 'forged', bot: 'no' })
    const { status, body } = await post(events, { sentAt: '2026-11-21T11:59:59.000Z', batch: [sent] })
    expect({ status, body }).toEqual({
      status: 202,
      body: { requestId: body.requestId, accepted: 1, suppressed: 0, rejected: [] },
    })
    expect(api.log.events()).toEqual([
      {
        messageId: sent.messageId,
        eventId: eventIdOf('web', String(sent.messageId)),
        contentHash: expect.stringMatching(/^[0-9a-f]{16}$/),
        type: 'track',
        event: 'search_performed',
        custom: false,
        userPerson: pseudonym('u', 'user-1'),
        anonymousPerson: pseudonym('a', 'visitor-1'),
        properties: { query: 'boxes' },
        context: expect.objectContaining({ country: 'ZZ', ip: '127.0.0.0', browser: 'Firefox' }),
        source: 'web',
        keyKind: 'public',
        requestId: body.requestId,
        originalTimestamp: '2026-11-21T11:59:58.000Z',
        sentAt: '2026-11-21T11:59:59.000Z',
        receivedAt: NOW.toISOString(),
        timestamp: '2026-11-21T11:59:58.000Z',
        timeSource: 'original',
        skewMs: 1000,
        consent: 'unknown',
      },
    ])
  })

  test('is keyed by its user, else its visitor, else its own id', async () => {
    const nobody = event({ anonymousId: undefined })
    const batch = [event({ userId: 'user-1' }), event(), nobody]
    await post(events, { batch }, { 'X-Write-Key': SECRET_KEY.key })
    expect(api.log.batches.flat().flatMap(({ records }) => records.map(({ key }) => key))).toEqual([
      pseudonym('u', 'user-1'),
      pseudonym('a', 'visitor-1'),
      eventIdOf('server', String(nobody.messageId)),
    ])
  })

  test('may be sent twice in one batch: the loader counts it once', async () => {
    const sent = event()
    expect((await post(events, [sent, sent])).body.accepted).toBe(2)
    expect(new Set(api.log.events().map(({ eventId }) => eventId)).size).toBe(1)
  })

  test('has the content hash of its first attempt when it is retried', async () => {
    const sent = event({ userId: 'user-1' })
    await post(events, { sentAt: '2026-11-21T11:59:59.000Z', batch: [sent] })
    await post(events, { sentAt: '2026-11-21T11:30:00.000Z', batch: [sent] })
    await post(events, { batch: [{ ...sent, properties: { query: 'other boxes' } }] })
    const [first, retry, other] = api.log.events().map(({ contentHash }) => contentHash)
    expect(retry).toBe(first)
    expect(other).not.toBe(first)
  })

  test('carries the rights of its key and the trace of its request', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    await post(events, event({ originalTimestamp: '2014-01-01T00:00:00Z' }), {
      'X-Write-Key': IMPORT_KEY.key,
      traceparent,
    })
    await post(events, event(), { 'X-Write-Key': CANARY_KEY.key, traceparent: `${traceparent}-x` })
    const [imported, canary] = api.log.events()
    expect(imported).toMatchObject({ historical: true, timestamp: '2014-01-01T00:00:00.000Z', traceparent })
    expect(canary).toMatchObject({ canary: true })
    expect(canary).not.toHaveProperty('traceparent')
  })

  test('of a bot is kept and says so', async () => {
    const agent = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
    await post(events, event(), { 'X-Write-Key': PUBLIC_KEY.key, 'User-Agent': agent })
    await post(events, event(), { 'X-Write-Key': SECRET_KEY.key, 'User-Agent': agent })
    expect(api.log.events().map(({ bot }) => bot)).toEqual(['crawler', undefined])
  })
})

describe('a rejected event', () => {
  const bad = event({ userId: 'user-1', event: 'order_refunded', properties: { refundId: 'r' } })

  test('does not keep the others out, and is named in the answer', async () => {
    const good = event()
    const { status, body } = await post(events, { batch: [bad, good, 7] }, { 'X-Write-Key': SECRET_KEY.key })
    expect(status).toBe(202)
    expect(body).toMatchObject({ accepted: 1, suppressed: 0 })
    expect(body.rejected).toEqual([
      {
        index: 0,
        messageId: bad.messageId,
        code: 'schema_invalid',
        path: expect.stringMatching(/^properties\./),
        detail: expect.any(String),
        retryable: false,
      },
      expect.objectContaining({ index: 2, messageId: null, code: 'schema_invalid' }),
    ])
  })

  test('goes to quarantine in the same publish, its people as pseudonyms, its texts scrubbed', async () => {
    const sent: Record<string, unknown> = {
      ...bad,
      anonymousId: 42,
      properties: { note: 'write to jane.doe@example.com' },
      context: { page: { title: 'call +43 660 1234567' } },
    }
    await post(events, { batch: [sent, event()] }, { 'X-Write-Key': SECRET_KEY.key })
    expect(api.log.batches).toHaveLength(1)
    expect(api.log.batches[0]?.map(({ topic }) => topic)).toEqual(['events.v1', 'quarantine.v1'])
    expect(api.log.quarantined()).toEqual([
      expect.objectContaining({
        eventId: eventIdOf('server', String(sent.messageId)),
        messageId: sent.messageId,
        source: 'server',
        keyKind: 'secret',
        code: 'schema_invalid',
        receivedAt: NOW.toISOString(),
        people: { userPerson: pseudonym('u', 'user-1'), anonymousPerson: pseudonym('a', '42') },
      }),
    ])
    const stored = JSON.stringify(api.log.quarantined())
    expect(stored).not.toMatch(/jane|1234567|user-1|anonymousId|userId/)
    expect(stored).toContain('order_refunded')
  })

  test('keeps the context of its batch, and the bot that its agent was', async () => {
    const batch = [event({ event: '' })]
    await post(
      events,
      { context: { location: { country: 'AT' } }, batch },
      { 'X-Write-Key': PUBLIC_KEY.key, 'User-Agent': 'curl/8.0' },
    )
    expect(api.log.quarantined()[0]).toMatchObject({
      bot: 'library',
      event: { context: { location: { country: 'AT' } } },
    })
  })

  test('takes a write key or a messageId that is personal data neither into quarantine nor into the answer', async () => {
    const sent = event({ messageId: 'jane.doe@example.com', event: '', writeKey: PUBLIC_KEY.key })
    const { body } = await post(events, sent, {})
    expect(body.rejected[0]?.messageId).toBe(null)
    const stored = JSON.stringify(api.log.quarantined())
    expect(stored).not.toMatch(/jane|pk_test/)
    expect(api.log.quarantined()[0]?.eventId).toBe(eventIdOf('web', 'jane.doe@example.com'))
  })

  test('that is too large leaves no content behind', async () => {
    const { body } = await post(events, [event({ properties: { query: 'x'.repeat(40_000) } }), event()])
    expect(body.rejected).toEqual([expect.objectContaining({ index: 0, code: 'too_large' })])
    expect(api.log.quarantined()[0]).not.toHaveProperty('event')
  })

  test('is answered with 400 when no other was good, and is still kept', async () => {
    const { status, body } = await post(events, [event({ event: '' }), {}])
    expect(status).toBe(400)
    expect(body).toMatchObject({ accepted: 0, suppressed: 0, rejected: [{ index: 0 }, { index: 1 }] })
    expect(api.log.quarantined()).toHaveLength(2)
  })

  test.each([
    ['too old', '2026-10-22T11:59:59.999Z', PUBLIC_KEY],
    ['older than any import', '1999-12-31T23:59:59.000Z', IMPORT_KEY],
  ])('may be one that is %s', async (_what, originalTimestamp, { key }) => {
    const { status, body } = await post(events, [event({ originalTimestamp }), event()], {
      'X-Write-Key': key,
    })
    expect(status).toBe(202)
    expect(body.rejected).toEqual([
      expect.objectContaining({ index: 0, code: 'timestamp_out_of_range', path: 'originalTimestamp' }),
    ])
    expect(api.log.quarantined()).toEqual([
      expect.objectContaining({
        code: 'timestamp_out_of_range',
        event: expect.objectContaining({ originalTimestamp }),
      }),
    ])
  })

  test('beyond the rights of its key is not permitted', async () => {
    const { status, body } = await post(
      events,
      event({ event: 'order_completed', properties: { orderId: 'o', amountMinor: 1, currency: 'EUR' } }),
    )
    expect(status).toBe(400)
    expect(body.rejected[0]?.code).toBe('not_permitted')
  })

  test('nested beyond reason is refused, not a crash', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const sent = JSON.stringify(event({ event: 'custom thing' })).replace('"boxes"', deep)
    const { status, body } = await post(events, sent)
    expect(status).toBe(400)
    expect(body.rejected).toHaveLength(1)
    expect((await post(events, deep)).status).toBe(400)
  })
})

describe('paths of Segment clients', () => {
  test.each([
    ['/v1/track', event({ type: undefined }), 'track', 'search_performed'],
    ['/v1/t', event({ type: undefined }), 'track', 'search_performed'],
    ['/v1/page', event({ type: undefined, event: undefined }), 'page', 'page_viewed'],
    ['/v1/p', event({ type: undefined, event: undefined }), 'page', 'page_viewed'],
    ['/v1/screen', event({ type: undefined, event: undefined }), 'screen', 'page_viewed'],
    ['/v1/s', event({ type: undefined, event: undefined }), 'screen', 'page_viewed'],
    ['/v1/identify', event({ type: undefined, event: undefined, userId: 'u' }), 'identify', 'identify'],
    ['/v1/i', event({ type: undefined, event: undefined, userId: 'u' }), 'identify', 'identify'],
    ['/v1/group', event({ type: undefined, event: undefined }), 'group', 'group'],
    ['/v1/g', event({ type: undefined, event: undefined }), 'group', 'group'],
    [
      '/v1/alias',
      event({ type: undefined, event: undefined, userId: 'u', previousId: 'p' }),
      'alias',
      'alias',
    ],
    ['/v1/a', event({ type: undefined, event: undefined, userId: 'u', previousId: 'p' }), 'alias', 'alias'],
    ['/v1/batch', { batch: [event()] }, 'track', 'search_performed'],
    ['/v1/b', { batch: [event()] }, 'track', 'search_performed'],
  ])('%s takes its call', async (path, body, type, name) => {
    const { status } = await post(`${api.url}${path}`, body, { 'X-Write-Key': SECRET_KEY.key })
    expect(status).toBe(202)
    expect(api.log.events()).toEqual([expect.objectContaining({ type, event: name })])
  })
})

describe('while the log is away', () => {
  async function start() {
    const other = await startIngest({ limits: { tryEveryMs: 0, spoolLingerMs: 1 } })
    onTestFinished(() => other.close())
    return { ...other, events: `${other.url}/v1/events` }
  }

  test('the answer is 202: the archive has the events, and quarantined ones, until the log is back', async () => {
    const { log, archive, events: url } = await start()
    log.fault = new Fault('log_unavailable', 'away')
    const { status, body } = await post(url, [event({ messageId: 'm1' }), event({ event: '' })])
    expect({ status, accepted: body.accepted }).toEqual({ status: 202, accepted: 1 })
    const [[key = '', object = new Uint8Array()] = []] = archive.objects
    expect(key).toMatch(/^spool\/20261121T120000000Z-/)
    const lines = gunzipSync(object).toString().trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).topic)).toEqual(['events.v1', 'quarantine.v1'])
    expect(lines[0]).toContain('m1')
    log.fault = undefined
    expect((await post(url, event({ messageId: 'm2' }))).status).toBe(202)
    expect(log.events().map(({ messageId }) => messageId)).toEqual(['m2'])
    expect(archive.objects.size).toBe(1)
  })

  test('and the archive too, the answer is 503 with Retry-After, and the same batch passes later', async () => {
    const { log, archive, events: url } = await start()
    const batch = [event()]
    log.fault = new Fault('log_unavailable', 'away')
    for (const code of ['archive_unavailable', 'config_invalid'] as const) {
      archive.fault = new Fault(code, 'away')
      const refused = await post(url, { batch })
      expect(refused.status).toBe(503)
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(refused.body).toMatchObject({ requestId: expect.any(String), accepted: 0 })
    }
    archive.fault = undefined
    expect((await post(url, { batch })).status).toBe(202)
  })

  test('what nobody foresaw is a 500 without particulars', async () => {
    const { log, events: url } = await start()
    log.fault = new Error('relation "secret_table" does not exist')
    const { status, body } = await post(url, event())
    expect(status).toBe(500)
    expect(JSON.stringify(body)).not.toContain('secret_table')
    expect(body.requestId).toEqual(expect.any(String))
  })
})

test('what is stored only when the sender no longer waits is a 503', async () => {
  let time = NOW.getTime()
  const log = {
    publish: async () => {
      time += 5_000
    },
    ranges: async () => [],
  }
  const slow = await startIngest({ log, now: () => new Date(time) })
  onTestFinished(() => slow.close())
  expect((await post(`${slow.url}/v1/events`, event())).status).toBe(503)
})

test('an empty batch is answered and stores nothing', async () => {
  const { status, body } = await post(events, { batch: [] })
  expect({ status, accepted: body.accepted }).toEqual({ status: 202, accepted: 0 })
  expect(api.log.batches).toEqual([])
})
