import { once } from 'node:events'
import { connect } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { event, PUBLIC_KEY, post, SECRET_KEY, SHOP_KEY, startIngest } from './ingest-fixture.ts'

let api: Awaited<ReturnType<typeof startIngest>>
let events: string

beforeAll(async () => {
  api = await startIngest({ limits: { maxBodyBytes: 100_000, bodyTimeoutMs: 300 } })
  events = `${api.url}/v1/events`
})
afterAll(() => api.close())
beforeEach(() => {
  api.log.batches.length = 0
})

describe('the write key', () => {
  const basic = (name: string) => `Basic ${Buffer.from(name).toString('base64')}`

  test.each([
    ['Authorization: Basic', { Authorization: basic(`${PUBLIC_KEY.key}:`) }, {}],
    ['Authorization: Basic without a colon', { Authorization: basic(PUBLIC_KEY.key) }, {}],
    ['Authorization: Bearer', { Authorization: `bearer ${PUBLIC_KEY.key}` }, {}],
    ['X-Write-Key', { 'X-Write-Key': PUBLIC_KEY.key }, {}],
    ['the body', {}, { writeKey: PUBLIC_KEY.key }],
  ])('may stand in %s', async (_place, headers, inBody) => {
    expect((await post(events, { batch: [event()], ...inBody }, headers)).status).toBe(202)
    expect(api.log.events()[0]?.source).toBe('web')
  })

  test('may stand in the text/plain body of sendBeacon', async () => {
    const body = JSON.stringify({ batch: [event()], writeKey: PUBLIC_KEY.key })
    expect((await post(events, body, { 'Content-Type': 'text/plain;charset=UTF-8' })).status).toBe(202)
  })

  test.each([
    ['missing', {}, {}],
    ['unknown in a header', { 'X-Write-Key': 'pk_unknown_1' }, {}],
    ['unknown in the body', {}, { writeKey: 'pk_unknown_1' }],
    ['of another scheme', { Authorization: `Digest ${PUBLIC_KEY.key}` }, {}],
    ['a name of Object', { 'X-Write-Key': 'constructor' }, {}],
  ])('that is %s is a 401', async (_what, headers, inBody) => {
    const { status, headers: answered, body } = await post(events, { batch: [event()], ...inBody }, headers)
    expect(status).toBe(401)
    expect(answered.get('www-authenticate')).toMatch(/^Bearer/)
    expect(body.detail).toMatch(/write key/)
    expect(JSON.stringify(body)).not.toContain('pk_unknown')
    expect(api.log.batches).toEqual([])
  })
})

describe('origins', () => {
  const withOrigin = (key: string, origin: string) => ({ 'X-Write-Key': key, Origin: origin })

  test('of the key are let in, and may read the answer', async () => {
    const { status, headers } = await post(events, event(), withOrigin(SHOP_KEY.key, 'https://shop.example'))
    expect(status).toBe(202)
    expect(headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(headers.get('access-control-expose-headers')).toBe('Retry-After, X-Request-Id')
    expect(headers.get('vary')).toContain('Origin')
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  })

  test('of a key that lists none are all let in', async () => {
    const { status, headers } = await post(events, event(), withOrigin(PUBLIC_KEY.key, 'https://a.example'))
    expect(status).toBe(202)
    expect(headers.get('access-control-allow-origin')).toBe('https://a.example')
  })

  test('that the key does not list are a 403 that their page cannot read', async () => {
    for (const origin of [
      'https://evil.example',
      'http://shop.example',
      'https://shop.example.evil',
      'null',
    ]) {
      const { status, headers } = await post(events, event(), withOrigin(SHOP_KEY.key, origin))
      expect(status).toBe(403)
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
    expect(api.log.batches).toEqual([])
  })

  test('of browsers are refused with a secret key, and told why', async () => {
    const { status, headers, body } = await post(
      events,
      event(),
      withOrigin(SECRET_KEY.key, 'https://a.example'),
    )
    expect(status).toBe(403)
    expect(body.detail).toMatch(/secret key.*browser.*public key/)
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  test('are held to the key in the body too', async () => {
    const body = { batch: [event()], writeKey: SHOP_KEY.key }
    const refused = await post(events, body, { Origin: 'https://evil.example' })
    expect(refused.status).toBe(403)
    const { status, headers } = await post(events, body, { Origin: 'https://shop.example' })
    expect(status).toBe(202)
    expect(headers.get('access-control-allow-origin')).toBe('https://shop.example')
  })

  test('may read that their key is unknown, so that an SDK need not take it for weather', async () => {
    const { status, headers } = await post(events, event(), withOrigin('pk_unknown_1', 'https://a.example'))
    expect(status).toBe(401)
    expect(headers.get('access-control-allow-origin')).toBe('https://a.example')
  })
})

describe('a preflight', () => {
  async function preflight(url: string, origin: string): Promise<Response> {
    return fetch(`${url}/v1/events`, {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type,x-write-key',
      },
    })
  }

  test('is answered for an origin that some public key lets in, and for no other', async () => {
    const shop = await startIngest({ keys: [SHOP_KEY, SECRET_KEY] })
    const allowed = await preflight(shop.url, 'https://shop.example')
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(allowed.headers.get('access-control-allow-methods')).toContain('POST')
    expect(allowed.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('x-write-key')
    expect(Number(allowed.headers.get('access-control-max-age'))).toBeGreaterThan(0)
    const refused = await preflight(shop.url, 'https://evil.example')
    expect(refused.headers.get('access-control-allow-origin')).toBeNull()
    await shop.close()
  })

  test('is answered for any origin when a public key lists none', async () => {
    const { headers } = await preflight(api.url, 'https://any.example')
    expect(headers.get('access-control-allow-origin')).toBe('https://any.example')
  })
})

describe('the body', () => {
  const small = JSON.stringify({ batch: [event(), event()] })
  const key = { 'X-Write-Key': PUBLIC_KEY.key }

  test.each([
    ['gzip', gzipSync(small)],
    ['br', brotliCompressSync(small)],
    ['deflate', deflateSync(small)],
    ['identity', Buffer.from(small)],
    ['GZIP', gzipSync(small)],
  ])('may be encoded as %s', async (encoding, body) => {
    const { status, body: answer } = await post(events, body, { ...key, 'Content-Encoding': encoding })
    expect({ status, accepted: answer.accepted }).toEqual({ status: 202, accepted: 2 })
  })

  test('may begin with a byte order mark and have no content type', async () => {
    const response = await fetch(events, {
      method: 'POST',
      headers: key,
      body: Buffer.from(`\ufeff${small}`),
    })
    expect(response.status).toBe(202)
  })

  test.each([
    ['a gzip bomb', gzipSync(Buffer.alloc(300_000_000)), { 'Content-Encoding': 'gzip' }],
    ['a brotli bomb', brotliCompressSync(Buffer.alloc(10_000_000)), { 'Content-Encoding': 'br' }],
    ['too long', Buffer.alloc(100_001, 32), {}],
    ['far too long', Buffer.alloc(3_000_000, 32), {}],
  ])('that is %s is a 413', async (_what, body, headers) => {
    const before = process.memoryUsage().rss
    const { status, body: answer } = await post(events, body, { ...key, ...headers })
    expect(status).toBe(413)
    expect(answer.detail).toContain('100000 bytes')
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  })

  test('of exactly the limit is read', async () => {
    const padded = small + ' '.repeat(100_000 - small.length)
    expect((await post(events, padded, key)).status).toBe(202)
    expect((await post(events, gzipSync(padded), { ...key, 'Content-Encoding': 'gzip' })).status).toBe(202)
  })

  test('of more than 500 events is a 413', async () => {
    const { status, body } = await post(
      events,
      Array.from({ length: 501 }, () => ({})),
      key,
    )
    expect(status).toBe(413)
    expect(body.detail).toContain('500')
  })

  test.each([
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['another JSON', { 'Content-Type': 'application/jsonp' }],
    ['another charset', { 'Content-Type': 'application/json; charset=iso-8859-1' }],
    ['another encoding', { 'Content-Encoding': 'zstd' }],
    ['two encodings', { 'Content-Encoding': 'gzip, br' }],
    ['an encoding by a name of Object', { 'Content-Encoding': '__proto__' }],
  ])('in %s is a 415', async (_what, headers) => {
    const { status, body } = await post(events, small, { ...key, ...headers })
    expect(status).toBe(415)
    expect(body.detail).toMatch(/^expected Content-/)
  })

  test.each([
    ['not JSON', 'name=jane.doe@example.com', {}],
    ['empty', '', {}],
    ['cut off', small.slice(0, -5), {}],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), {}],
    ['not the gzip it says', small, { 'Content-Encoding': 'gzip' }],
    ['cut off gzip', gzipSync(small).subarray(0, 30), { 'Content-Encoding': 'gzip' }],
    ['a number', '7', {}],
    ['a batch that is no list', '{"batch":{}}', {}],
  ])('that is %s is a 400 that repeats nothing', async (_what, body, headers) => {
    const { status, body: answer } = await post(events, body, { ...key, ...headers })
    expect(status).toBe(400)
    expect(answer).toMatchObject({ accepted: 0, suppressed: 0, rejected: [], detail: expect.any(String) })
    expect(JSON.stringify(answer)).not.toContain('jane')
    expect(api.log.batches).toEqual([])
  })

  test('that does not come is a 408, so that it cannot hold up a stop', async () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from('{"batch":')),
    })
    const response = await fetch(events, {
      method: 'POST',
      headers: key,
      body,
      duplex: 'half',
    } as RequestInit)
    expect(response.status).toBe(408)
    expect(response.headers.get('connection')).toBe('close')
  })
})

describe('what cannot be read as a request', () => {
  async function talk(text: string): Promise<string> {
    const socket = connect(api.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString()
    })
    socket.write(text)
    await once(socket, 'close')
    return answer
  }

  test.each([
    ['no HTTP', 'jane.doe@example.com\r\n\r\n', 400],
    [
      'of headers without end',
      `POST /v1/events HTTP/1.1\r\nHost: a\r\nX: ${'jane'.repeat(5_000)}\r\n\r\n`,
      431,
    ],
    [
      'of broken chunks',
      `POST /v1/events HTTP/1.1\r\nHost: a\r\nX-Write-Key: ${PUBLIC_KEY.key}\r\nTransfer-Encoding: chunked\r\n\r\njane\r\n`,
      400,
    ],
  ])('%s is answered as every error is', async (_what, text, status) => {
    const [head = '', body = ''] = (await talk(text)).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(head).toContain('Connection: close')
    expect(JSON.parse(body)).toEqual({
      ...{ requestId: 'broken', accepted: 0, suppressed: 0, rejected: [] },
      detail: expect.stringMatching(/^expected /),
    })
    expect(body).not.toContain('jane')
  })
})

describe('every answer', () => {
  test('has the request id, the client’s where it is sane', async () => {
    for (const [given, kept] of [
      ['a-Z_09', true],
      ['x'.repeat(64), true],
      ['3f1c9a7be04d5286af10c3d29e8b7640', true],
      ['4111111111111111', false],
      ['x'.repeat(65), false],
      ['with space', false],
      ['<script>', false],
    ] as const) {
      const { headers, body } = await post(events, event(), {
        'X-Write-Key': PUBLIC_KEY.key,
        'X-Request-Id': given,
      })
      expect(body.requestId === given).toBe(kept)
      expect(headers.get('x-request-id')).toBe(body.requestId)
      expect(api.log.events().at(-1)?.requestId).toBe(body.requestId)
    }
  })

  test.each([
    ['GET', '/nowhere', 404, null],
    ['POST', '/v1/nowhere', 404, null],
    ['GET', '/v1/events', 405, 'POST, OPTIONS'],
    ['PUT', '/v1/track', 405, 'POST, OPTIONS'],
    ['POST', '/docs', 405, 'GET, HEAD'],
    ['POST', '/openapi.json', 405, 'GET, HEAD'],
    ['DELETE', '/health/ready', 405, 'GET, HEAD'],
    ['POST', '/metrics', 405, 'GET, HEAD'],
    ['GET', '/%E0%A4%A', 404, null],
  ])('to %s %s is %i, in JSON', async (method, path, status, allow) => {
    const response = await fetch(`${api.url}${path}`, { method })
    expect(response.status).toBe(status)
    expect(response.headers.get('allow')).toBe(allow)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await response.json()).toMatchObject({
      requestId: response.headers.get('x-request-id'),
      detail: expect.any(String),
    })
  })

  test('has security headers and gives nothing away', async () => {
    const { headers } = await post(events, event())
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-powered-by')).toBeNull()
    expect(headers.get('etag')).toBeNull()
  })
})
