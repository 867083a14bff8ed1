import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { runCli } from '@millrace/cli/run-cli'
import { afterEach, beforeEach, expect, test } from 'vitest'

const EVENT = { type: 'track', event: 'search_performed', userId: 'u1', properties: { query: 'boxes' } }
const NDJSON = [1, 2, 3].map((n) => JSON.stringify({ messageId: `m${n}`, ...EVENT })).join('\n')

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'send-command-'))
  file = path.join(folder, 'events.ndjson')
  await writeFile(file, NDJSON)
})
afterEach(() => rm(folder, { recursive: true }))

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const said = { out: [] as string[], note: [] as string[], exitCode: 0 }
  await runCli(['send', ...args], {
    env: { DATA_DIR: path.join(folder, 'none'), ...env },
    out: (line) => said.out.push(line),
    note: (line) => said.note.push(line),
    exitWith: (code) => {
      said.exitCode = code
    },
    now: () => new Date(),
  })
  return said
}

/** Takes every event but m2. */
async function startApi() {
  const keys: (string | undefined)[] = []
  const server = createServer(async (request, response) => {
    keys.push(request.headers.authorization)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { batch } = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString())
    const rejected = batch.flatMap(({ messageId }: { messageId: string }, index: number) =>
      messageId === 'm2'
        ? [{ index, messageId, code: 'schema_invalid', path: 'properties.query', detail: 'expected text' }]
        : [],
    )
    const accepted = batch.length - rejected.length
    response.writeHead(202).end(JSON.stringify({ requestId: 'r', accepted, suppressed: 0, rejected }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { port, url: `http://127.0.0.1:${port}`, keys, close }
}

test('a rejected event is shown with what was expected, and the exit code is 1', async () => {
  const api = await startApi()
  const { out, exitCode } = await run([file, '--url', api.url, '--key', 'sk_asked_for'])
  api.close()
  expect(out[0]).toMatch(/^3 rows read, 3 events made, 2 accepted, 1 rejected in \d/)
  expect(out.slice(1)).toEqual(['  schema_invalid properties.query: 1', '    m2: expected text'])
  expect(exitCode).toBe(1)
  expect(api.keys).toEqual(['Bearer sk_asked_for'])
})

test('all accepted exits 0, and --json prints one object on stdout', async () => {
  const api = await startApi()
  const env = { MILLRACE_URL: api.url, MILLRACE_KEY: 'sk_of_the_environment' }
  const { out, exitCode } = await run([file, '--json', '--limit', '1'], env)
  api.close()
  expect(out).toHaveLength(1)
  expect(JSON.parse(out[0] ?? '')).toMatchObject({ events: 1, accepted: 1, rejected: 0, rejections: [] })
  expect(exitCode).toBe(0)
  expect(api.keys).toEqual(['Bearer sk_of_the_environment'])
})

test('--dry-run prints events and sends nothing', async () => {
  const { out, exitCode } = await run([file, '--dry-run', '--limit', '2'])
  expect(out.map((line) => JSON.parse(line))).toEqual([
    { messageId: 'm1', ...EVENT },
    { messageId: 'm2', ...EVENT },
  ])
  expect(exitCode).toBe(0)
})

test.each([
  ['no file', ['nothing.csv', '--key', 'sk_1'], /There is no file nothing\.csv/],
  ['no key', ['FILE'], /Expected a write key, --key or MILLRACE_KEY/],
  ['a URL that is none', ['FILE', '--key', 'sk_1', '--url', 'here'], /Expected --url/],
  ['a batch size beyond the API', ['FILE', '--batch-size', '501'], /whole number from 1 to 500/],
  ['an unknown format', ['FILE', '--format', 'xml'], /Allowed choices are csv/],
  ['no mapping file', ['FILE', '--key', 'sk_1', '--map', 'none.ts'], /There is no mapping file/],
])('%s is a usage error that says what is expected', async (_name, args, message) => {
  const { note, exitCode } = await run(args.map((arg) => (arg === 'FILE' ? file : arg)))
  expect(note.join('\n')).toMatch(message)
  expect(exitCode).toBe(2)
})
