import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { createFileSender, type SendOptions } from '@millrace/cli/send/send-file'
import { afterEach, beforeEach, expect, test } from 'vitest'

/** An API that answers as it is told to, else takes everything. */
interface ScriptedApi {
  readonly url: string
  readonly bodies: { sentAt: string; batch: { messageId: string }[] }[]
  readonly bytes: number[]
  readonly keys: (string | undefined)[]
  /** Answers for the next requests, in order. */
  readonly script: ((response: ServerResponse) => void)[]
  /** messageIds that it rejects. */
  reject(messageId: string): object | undefined
  close(): Promise<void>
  reopen(): Promise<void>
}

async function startApi(): Promise<ScriptedApi> {
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const scripted = api.script.shift()
    if (scripted) return scripted(response)
    const body = gunzipSync(Buffer.concat(chunks))
    const parsed = JSON.parse(body.toString())
    api.bytes.push(body.length)
    api.bodies.push(parsed)
    api.keys.push(request.headers.authorization)
    const rejected = parsed.batch.flatMap(({ messageId }: { messageId: string }, index: number) => {
      const why = api.reject(messageId)
      return why ? [{ index, messageId, retryable: false, ...why }] : []
    })
    const accepted = parsed.batch.length - rejected.length
    answer(response, accepted === 0 ? 400 : 202, { requestId: 'r', accepted, suppressed: 0, rejected })
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const api: ScriptedApi = {
    url: `http://127.0.0.1:${port}`,
    bodies: [],
    bytes: [],
    keys: [],
    script: [],
    reject: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
    reopen: () => listen(port),
  }
  return api
}

function answer(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

let api: ScriptedApi
let folder: string
beforeEach(async () => {
  api = await startApi()
  folder = await mkdtemp(path.join(tmpdir(), 'send-'))
})
afterEach(async () => {
  await api.close()
  await rm(folder, { recursive: true })
})

const MAP = `
  export const map = (row) => ({ messageId: 'm' + row.n, type: 'track', event: 'seen', properties: { text: row.text } })`

async function send(given: Partial<SendOptions> & { rows?: number; csv?: string; mapping?: string } = {}) {
  const { rows = 25, csv, mapping = MAP, ...options } = given
  const lines = Array.from({ length: rows }, (_, n) => `${n + 1},text ${n + 1}`)
  await writeFile(path.join(folder, 'rows.csv'), csv ?? `n,text\n${lines.join('\n')}\n`)
  await writeFile(path.join(folder, 'map.mjs'), mapping)
  const waits: { reason: string; delayMs: number }[] = []
  const done: number[] = []
  const sendFile = createFileSender({
    fetch,
    now: () => new Date(),
    // Time runs a hundred times as fast while it waits.
    sleep: async (ms, signal) => void (await setTimeout(ms / 100, undefined, { signal })),
    random: () => 1,
    progress: {
      update: (state) => done.push(state.done),
      waiting: (reason, delayMs) => waits.push({ reason, delayMs }),
      stop: () => undefined,
    },
  })
  const summary = await sendFile({
    file: path.join(folder, 'rows.csv'),
    map: path.join(folder, 'map.mjs'),
    url: api.url,
    key: 'sk_test_0001',
    batchSize: 10,
    concurrency: 1,
    firstAnswerMs: 60_000,
    giveUpAfterMs: 60_000,
    ...options,
  })
  return { summary, waits, done }
}

const sentIds = (): string[] => api.bodies.flatMap(({ batch }) => batch.map(({ messageId }) => messageId))
const idsUpTo = (last: number): string[] => Array.from({ length: last }, (_, n) => `m${n + 1}`)

test('every row arrives once, in order, in batches, with the write key', async () => {
  const { summary, done } = await send()
  expect(sentIds()).toEqual(idsUpTo(25))
  expect(api.bodies.map(({ batch }) => batch.length)).toEqual([10, 10, 5])
  expect(api.keys).toEqual(Array(3).fill('Bearer sk_test_0001'))
  expect(summary).toMatchObject({ rows: 25, events: 25, accepted: 25, rejected: 0, retries: 0 })
  expect(summary).not.toHaveProperty('stopped')
  expect(done.at(-1)).toBe(1)
})

test('no body is larger than the API takes, whatever the batch size', async () => {
  const wide = Array.from({ length: 40 }, (_, n) => `${n + 1},${'ü'.repeat(30_000)}`)
  await send({ csv: `n,text\n${wide.join('\n')}\n`, batchSize: 500 })
  expect(sentIds()).toEqual(idsUpTo(40))
  expect(Math.max(...api.bytes)).toBeLessThan(1_000_000)
  expect(api.bytes.length).toBe(3)
})

test('an event that fits into no body is rejected here and the others arrive', async () => {
  const { summary } = await send({ csv: `n,text\n1,a\n2,${'x'.repeat(1_100_000)}\n3,c\n` })
  expect(sentIds()).toEqual(['m1', 'm3'])
  expect(summary).toMatchObject({ accepted: 2, rejected: 1, rejections: [{ code: 'too_large', count: 1 }] })
})

test('a busy API is asked again, when it says so, and every attempt carries its own sentAt', async () => {
  api.script.push(
    (response) => answer(response, 429, {}, { 'retry-after': '3' }),
    (response) => answer(response, 503, {}, { 'retry-after': '1' }),
    (response) => answer(response, 502, {}),
  )
  const { summary, waits } = await send({ rows: 5 })
  expect(sentIds()).toEqual(idsUpTo(5))
  expect(waits).toEqual([
    { reason: 'the API answered 429', delayMs: 3250 },
    { reason: 'the API answered 503', delayMs: 1250 },
    { reason: 'the API answered 502', delayMs: 1000 },
  ])
  expect(summary).toMatchObject({ accepted: 5, retries: 3 })
})

test('an answer that never comes to its end is asked for again', async () => {
  api.script.push((response) => {
    response.writeHead(202, { 'content-length': '500' }).write('{"requestId"')
    response.socket?.destroy()
  })
  const { summary } = await send({ rows: 5 })
  expect(sentIds()).toEqual(idsUpTo(5))
  expect(summary).toMatchObject({ accepted: 5, retries: 1 })
})

test('an API that is restarted for a minute loses nothing', async () => {
  await api.close()
  const sending = send({ concurrency: 3 })
  await setTimeout(600)
  await api.reopen()
  const { summary, waits } = await sending
  expect(sentIds().sort()).toEqual(idsUpTo(25).sort())
  expect(summary).toMatchObject({ accepted: 25, rejected: 0 })
  expect(waits[0]?.reason).toMatch(/no answer from http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)/)
  expect(waits.length).toBeGreaterThan(1)
})

test('an API that stays away is given up, with what was accepted until then', async () => {
  api.script.push(...Array(5).fill((response: ServerResponse) => answer(response, 503, {})))
  const first = await send({ giveUpAfterMs: 0, concurrency: 1 })
  expect(first.summary).toMatchObject({ accepted: 0, retries: 0 })
  expect(first.summary.stopped).toBe('Given up after 0 s: the API answered 503')
  await api.close()
  const second = await send({ firstAnswerMs: 300, concurrency: 3 })
  expect(second.summary.stopped).toMatch(
    /^Given up after 0 s: no answer .*\. Is it running\? Start it with `npm start`, or set --url/,
  )
  await api.reopen()
})

test('an address that never answered is given up sooner than an API that has answered once', async () => {
  const patience = { firstAnswerMs: 0, giveUpAfterMs: 60_000 }
  await api.close()
  const never = await send(patience)
  expect(never.summary).toMatchObject({ accepted: 0, retries: 0 })
  expect(never.summary.stopped).toMatch(/Is it running/)
  await api.reopen()
  const hangUp = (response: ServerResponse) => void response.destroy()
  api.script.push((response) => answer(response, 503, {}), hangUp, hangUp, hangUp)
  const later = await send(patience)
  expect(later.summary).toMatchObject({ accepted: 25, retries: 4 })
  expect(later.summary).not.toHaveProperty('stopped')
})

test('a write key that is refused stops the sending with advice and without a retry', async () => {
  const refused = {
    requestId: 'r',
    accepted: 0,
    suppressed: 0,
    rejected: [],
    detail: 'expected a known write key',
  }
  api.script.push((response) => answer(response, 401, refused))
  const { summary } = await send()
  expect(summary).toMatchObject({ accepted: 0, retries: 0 })
  expect(summary.stopped).toMatch(/^The API answered 401: the write key is missing or unknown/)
})

test('another server under the URL is told from an API', async () => {
  api.script.push((response) => response.writeHead(200).end('<html>'))
  const { summary } = await send()
  expect(summary.stopped).toMatch(/^The API answered 200: is this the URL of the ingest API/)
})

test('rejected events are summed up by code and path, the most frequent first, with the first details', async () => {
  api.reject = (messageId) => {
    if (messageId === 'm2')
      return { code: 'timestamp_out_of_range', path: '', detail: 'expected a younger one' }
    if (Number(messageId.slice(1)) <= 20) return undefined
    const path = `properties.lines.${messageId.slice(1)}.sku`
    return { code: 'schema_invalid', path, detail: 'expected text' }
  }
  const { summary } = await send()
  expect(summary).toMatchObject({ accepted: 19, rejected: 6 })
  expect(summary.rejections).toEqual([
    {
      code: 'schema_invalid',
      path: 'properties.lines.*.sku',
      count: 5,
      examples: ['m21', 'm22', 'm23'].map((messageId) => ({ messageId, detail: 'expected text' })),
    },
    {
      code: 'timestamp_out_of_range',
      path: '',
      count: 1,
      examples: [{ messageId: 'm2', detail: 'expected a younger one' }],
    },
  ])
})

test('rows that cannot be read are counted and the others arrive', async () => {
  const { summary } = await send({ csv: 'n,text\n1,a\n2\n3,c\n' })
  expect(sentIds()).toEqual(['m1', 'm3'])
  expect(summary).toMatchObject({
    rows: 3,
    unreadable: 1,
    unreadableExamples: [{ row: 2, reason: 'expected as many fields as the header has' }],
  })
})

test('a mapping that throws stops the sending at its row; what came before is sent', async () => {
  const mapping = MAP.replace(
    '=> (',
    "=> { if (row.n === '17') throw new Error('no price'); return (",
  ).concat('}')
  const { summary } = await send({ mapping })
  expect(sentIds()).toEqual(idsUpTo(10))
  expect(summary).toMatchObject({ accepted: 10, stopped: 'The mapping failed at row 17: no price' })
})

test('an event without a messageId stops the sending: it could not be sent again safely', async () => {
  const { summary } = await send({ mapping: 'export const map = () => ({ type: "track" })' })
  expect(summary.stopped).toBe('The mapping failed at row 1: expected a messageId on every event')
})

test('a limit sends the first events only', async () => {
  const { summary } = await send({ limit: 12 })
  expect(sentIds()).toEqual(idsUpTo(12))
  expect(summary).toMatchObject({ events: 12, accepted: 12 })
})

test('a shuffled file sends the same events in an order of the seed', async () => {
  await send({ shuffleSeed: 3 })
  const shuffled = sentIds()
  expect(shuffled).not.toEqual(idsUpTo(25))
  expect([...shuffled].sort()).toEqual(idsUpTo(25).sort())
  api.bodies.length = 0
  await send({ shuffleSeed: 3 })
  expect(sentIds()).toEqual(shuffled)
})

test('a file is read no faster than it is sent', async () => {
  const rows = 40_000
  let rowsAtFirstAnswer = 0
  const counting = MAP.replace('(row) =>', '(row, number) => (globalThis.rowsMapped = number) &&')
  api.script.push((response) => {
    rowsAtFirstAnswer = (globalThis as { rowsMapped?: number }).rowsMapped ?? 0
    answer(response, 202, { accepted: 500, rejected: [] })
  })
  const { summary } = await send({ rows, batchSize: 500, mapping: counting })
  expect(rowsAtFirstAnswer).toBeGreaterThan(0)
  expect(rowsAtFirstAnswer).toBeLessThan(1_100)
  expect(summary.accepted).toBe(rows)
})
