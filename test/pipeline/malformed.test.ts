import { readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { createFolderArchive } from '@millrace/archive/folder'
import { readAddresses } from '@millrace/cli/addresses'
import { WriteKeys } from '@millrace/contracts/write-key'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { findEmbeddedPostgres } from '@millrace/runtime/find-embedded-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { dumpArchive, dumpDatabase, dumpLog, dumpPages } from '../support/planted/dump-stores.ts'
import { type Dumped, findNeedles } from '../support/planted/find-needles.ts'
import { type StartedUp, startUp } from '../support/start-up.ts'

const KEY = 'pk_malformed_0001'
const MAIL = 'maria.huber@shop-customer.example'
const CARD = '4111 1111 1111 1111'
const WORD = 'Quertzumalda'
const PERSONAL = `My name is Maria ${WORD}, ${MAIL}, +43 660 1234567, ${CARD}`
/** Of what is not kept at all, also what no detector knows. */
const NEEDLES = [MAIL, encodeURIComponent(MAIL), CARD, WORD, '+43 660 1234567', 'unknowable-remark-17']
const REMARK = `${PERSONAL} unknowable-remark-17`

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

const json = { 'content-type': 'application/json', 'x-write-key': KEY }
const good = JSON.stringify({ messageId: 'm', type: 'page', userId: 'u', name: REMARK })

const MALFORMED: readonly (readonly [string, Sent, number])[] = [
  ['no JSON', { headers: json, body: REMARK }, 400],
  ['half of a JSON', { headers: json, body: good.slice(0, -3) }, 400],
  ['JSON with something behind it', { headers: json, body: `${good} ${REMARK}` }, 400],
  ['JSON that is a text', { headers: json, body: JSON.stringify(REMARK) }, 400],
  ['JSON of a list in a list', { headers: json, body: JSON.stringify([[REMARK]]) }, 400],
  ['bytes that are no UTF-8', { headers: json, body: Buffer.from(`${REMARK}\xff\xfe`, 'latin1') }, 400],
  ['UTF-16', { headers: json, body: Buffer.from(REMARK, 'utf16le') }, 400],
  [
    'a form',
    {
      headers: { ...json, 'content-type': 'application/x-www-form-urlencoded' },
      body: `q=${encodeURIComponent(REMARK)}`,
    },
    415,
  ],
  [
    'XML',
    { headers: { ...json, 'content-type': `application/xml; ${MAIL}` }, body: `<a>${REMARK}</a>` },
    415,
  ],
  [
    'another charset',
    { headers: { ...json, 'content-type': 'application/json; charset=latin1' }, body: good },
    415,
  ],
  ['gzip that is none', { headers: { ...json, 'content-encoding': 'gzip' }, body: REMARK }, 400],
  [
    'gzip that breaks off',
    { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync(good).subarray(0, -9) },
    400,
  ],
  ['an encoding that is an address', { headers: { ...json, 'content-encoding': MAIL }, body: good }, 415],
  ['too large', { headers: json, body: JSON.stringify([REMARK.repeat(15_000)]) }, 413],
  [
    'too large when it is inflated',
    { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync(REMARK.repeat(15_000)) },
    413,
  ],
  ['too many', { headers: json, body: JSON.stringify(Array(501).fill({ note: REMARK })) }, 413],
  ['a key that is an address', { headers: { ...json, 'x-write-key': MAIL }, body: good }, 401],
  [
    'such a key as Bearer',
    { headers: { 'content-type': 'application/json', authorization: `Bearer ${MAIL}` }, body: good },
    401,
  ],
  [
    'such a key as Basic',
    {
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${MAIL}:${WORD}`).toString('base64')}`,
      },
      body: good,
    },
    401,
  ],
  [
    'such a key in the body',
    {
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ writeKey: MAIL, batch: [{ name: REMARK }] }),
    },
    401,
  ],
  ['no key', { headers: { 'content-type': 'text/plain' }, body: JSON.stringify([{ name: REMARK }]) }, 401],
  [
    'a path that is not there',
    { method: 'GET', path: `/u/${encodeURIComponent(MAIL)}?q=${encodeURIComponent(REMARK)}` },
    404,
  ],
  ['a path that cannot be decoded', { method: 'GET', path: `/u/%E0%A4%A/${encodeURIComponent(MAIL)}` }, 404],
  [
    'a path below one that is there',
    { path: `/v1/events/${encodeURIComponent(MAIL)}`, headers: json, body: good },
    404,
  ],
  [
    'another method',
    { method: 'PUT', path: `/v1/events?q=${encodeURIComponent(REMARK)}`, headers: json, body: good },
    405,
  ],
  ['a method of none', { method: 'DELETE', path: `/v1/${encodeURIComponent(MAIL)}` }, 404],
  ['an origin', { headers: { ...json, origin: `https://${MAIL}` }, body: REMARK }, 400],
  [
    'ids and traces',
    {
      headers: { ...json, 'x-request-id': MAIL, traceparent: `00-${MAIL}-1`, 'x-forwarded-for': MAIL },
      body: REMARK,
    },
    400,
  ],
]

/** What node's client does not send: written to the socket as it stands. */
const RAW: readonly (readonly [string, string])[] = [
  ['no HTTP', `${REMARK}\r\n\r\n`],
  ['a header without a colon', `POST /v1/events HTTP/1.1\r\nHost: a\r\n${REMARK}\r\n\r\n`],
  [
    'a header split in two',
    `POST /v1/events HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\r\n\tb ${MAIL}\r\nContent-Length: 2\r\n\r\n{}`,
  ],
  [
    'an answer within a header',
    `GET /docs HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\r\nSet-Cookie: ${MAIL}\r\n\r\n`,
  ],
  [
    'a bare line end in a header',
    `GET /docs HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\nX-Other: ${MAIL}\r\n\r\n`,
  ],
  [
    'two lengths',
    `POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 900\r\n\r\n${REMARK}`,
  ],
  ['a method that is a name', `${WORD} /v1/events HTTP/1.1\r\nHost: ${MAIL}\r\n\r\n`],
  ['headers beyond all measure', `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${`${REMARK} `.repeat(400)}\r\n\r\n`],
  [
    'a body that breaks off',
    `POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-Write-Key: ${KEY}\r\nContent-Length: 9000\r\n\r\n${REMARK}`,
  ],
  ['a path with spaces', `GET /${REMARK} HTTP/1.1\r\nHost: a\r\n\r\n`],
]

let up: StartedUp
let folder: string
const answers: Dumped[] = []

beforeAll(async () => {
  folder = await makeDataFolder()
  const keys = WriteKeys.parse([{ key: KEY, source: 'web', kind: 'public' }])
  up = await startUp(path.join(folder, 'data'), keys, { LOG_LEVEL: 'debug', ARCHIVE_FLUSH_SECONDS: '0.5' })
}, 120_000)

afterAll(async () => {
  await up.stop()
  await rm(folder, { recursive: true, force: true })
})

test.each(MALFORMED)(
  '%s is refused',
  async (name, { method = 'POST', path: at = '/v1/events', headers = {}, body }, status) => {
    const response = await fetch(up.api + at, { method, headers, ...(body !== undefined && { body }) })
    answers.push({
      place: `answer to ${name}`,
      text: JSON.stringify([...response.headers]) + (await response.text()),
    })
    expect(response.status).toBe(status)
  },
)

test.each(RAW)('%s is refused or cut off', async (name, bytes) => {
  answers.push({ place: `answer to ${name}`, text: await sendRaw(up.api, bytes) })
})

test('nothing of it is in answers, log, archive, Postgres, lines, files or metrics', async () => {
  const page = { type: 'page', userId: 'u', name: 'fine', messageId: 'the-good-one' }
  expect((await up.post(page)).status).toBe(202)
  await up.loaded()
  const dataDir = path.join(folder, 'data')
  const { url = '' } = (await findEmbeddedPostgres(dataDir)) ?? {}
  const log = createPostgresLog({ connection: url, clientName: 'test', now: () => new Date() })
  const archive = createFolderArchive({ folder: path.join(dataDir, 'archive') })
  const running = await readAddresses(dataDir)
  const dumps = [
    ...answers,
    ...(await dumpLog(log)),
    ...(await dumpArchive(archive)),
    ...(await dumpDatabase(url)),
    ...(await dumpPages([
      `${running?.api}/metrics`,
      `${running?.loader}/metrics`,
      `${running?.jobs}/metrics`,
    ])),
    { place: 'lines', text: up.program.output() },
    { place: 'log file', text: await readFile(path.join(dataDir, 'millrace.log'), 'utf8') },
  ]
  await log.close()
  await archive.close()
  expect(dumps.map(({ text }) => text).join('\n')).toContain('the-good-one')
  expect(findNeedles(dumps, NEEDLES)).toEqual([])
  expect(findNeedles([{ place: 'sent', text: REMARK }], NEEDLES).length).toBeGreaterThan(4)
})

/** All that is answered until the connection ends, or for half a second. */
function sendRaw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let answered = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.setEncoding('utf8')
    socket.setTimeout(500, () => socket.destroy())
    socket.on('data', (text: string) => {
      answered += text
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answered))
  })
}
