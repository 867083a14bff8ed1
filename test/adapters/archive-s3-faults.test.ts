import type { IncomingMessage } from 'node:http'
import { inspect } from 'node:util'
import type { Archive } from '@millrace/archive/archive'
import { createS3Archive, type S3ArchiveOptions } from '@millrace/archive/s3'
import type { Fault } from '@millrace/contracts/fault'
import { expect, onTestFinished, test } from 'vitest'
import { createTestBucket } from '../support/create-test-bucket.ts'
import { runTypeScript } from '../support/run-program.ts'
import { sendToS3 } from '../support/send-to-s3.ts'
import { describeWith, testS3 } from '../support/servers.ts'
import { bytes, listed, shown } from './archive-suite.ts'
import { type Fate, startHttpProxy } from './http-proxy.ts'
import { startTcpProxy } from './tcp-proxy.ts'

await describeWith(testS3, 'S3', (server) => {
  const { endpoint, region, accessKeyId, secretAccessKey } = server

  test('a writer whose answer got lost is told that it created the object, once', async () => {
    const { open, behind } = await begin()
    const proxied = await behind(firstOf('PUT', 'lose the answer'))
    expect(await proxied.putIfAbsent('a', bytes('mine'), { n: '1' })).toBe('created')
    expect(await proxied.putIfAbsent('a', bytes('mine'), { n: '1' })).toBe('exists')
    expect(await open().putIfAbsent('a', bytes('mine'), { n: '1' })).toBe('exists')
    expect(await shown(open(), 'a')).toEqual({ body: 'mine', n: '1' })
  })

  test('of two writers of the same body, one with a lost answer, one created it', async () => {
    const { open, behind } = await begin()
    const first = await open().putIfAbsent('a', bytes('same'), { n: '1' })
    const proxied = await behind(firstOf('PUT', 'lose the answer'))
    expect([first, await proxied.putIfAbsent('a', bytes('same'), { n: '1' })]).toEqual(['created', 'exists'])
  })

  test('a replacement whose answer got lost is known as done, one that came too late is not', async () => {
    const { open, behind } = await begin()
    await open().putIfAbsent('a', bytes('one'), {})
    const { etag = '' } = (await open().head('a')) ?? {}
    const proxied = await behind(firstOf('PUT', 'lose the answer'))
    expect(await proxied.replaceIfUnchanged('a', etag, bytes('two'), { n: '2' })).toBe('replaced')
    const late = await behind(firstOf('PUT', 'lose the answer'))
    expect(await late.replaceIfUnchanged('a', etag, bytes('three'), { n: '3' })).toBe('changed')
    expect(await shown(open(), 'a')).toEqual({ body: 'two', n: '2' })
  })

  test.each([
    [409, 'ConditionalRequestConflict'],
    [503, 'SlowDown'],
    [500, 'InternalError'],
    [400, 'RequestTimeout'],
  ])('%i %s is tried again, and told', async (status, code) => {
    const told: string[] = []
    const { behind } = await begin()
    const archive = await behind(firstOf('PUT', { status, body: errorBody(code) }), {
      onError: (message) => told.push(message),
    })
    expect(await archive.putIfAbsent('raw/a', bytes('x'), {})).toBe('created')
    expect(told).toEqual(['S3: put raw/a is tried again'])
  })

  test('a server that keeps failing is a fault after the time for retries, with its reason', async () => {
    const { behind } = await begin()
    const archive = await behind(() => ({ status: 503, body: errorBody('SlowDown') }), {
      timeouts: { retryMs: 500 },
    })
    await expect(archive.get('raw/a')).rejects.toMatchObject({
      code: 'archive_unavailable',
      message: expect.stringMatching(/^Could not get raw\/a: SlowDown/),
    })
  })

  test('a server that is away is a fault that names the key and the reason', async () => {
    const { open } = await begin()
    const archive = open({ endpoint: 'http://127.0.0.1:1' })
    const begun = performance.now()
    await expect(archive.putIfAbsent('raw/a', bytes('x'), {})).rejects.toMatchObject({
      code: 'archive_unavailable',
      retryable: true,
      message: expect.stringMatching(/^Could not put raw\/a: .*ECONNREFUSED/),
    })
    expect(performance.now() - begun).toBeLessThan(6_000)
  })

  test('a server that falls silent is a fault in seconds, whatever is asked, and work goes on when it speaks', async () => {
    const { open } = await begin()
    const target = new URL(endpoint)
    const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) })
    const archive = open({ endpoint: `http://127.0.0.1:${proxy.port}` })
    onTestFinished(() => proxy.close())
    await archive.putIfAbsent('a', bytes('x'), {})
    proxy.set('silent')
    const begun = performance.now()
    const calls = [
      archive.putIfAbsent('b', bytes('x'.repeat(3_000_000)), {}),
      archive.get('a'),
      archive.head('a'),
      listed(archive, ''),
      archive.delete('a'),
    ]
    for (const answer of await Promise.allSettled(calls)) {
      expect(answer).toMatchObject({
        status: 'rejected',
        reason: { code: 'archive_unavailable', message: expect.stringContaining('it does not answer') },
      })
    }
    expect(performance.now() - begun).toBeLessThan(9_000)
    proxy.set('open')
    expect(await archive.putIfAbsent('c', bytes('x'), {})).toBe('created')
  })

  test('a try that takes longer than it may is given up', async () => {
    const { open } = await begin()
    const target = new URL(endpoint)
    const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) })
    onTestFinished(() => proxy.close())
    const archive = open({
      endpoint: `http://127.0.0.1:${proxy.port}`,
      timeouts: { tryMs: 300, retryMs: 0 },
    })
    proxy.set('silent')
    await expect(archive.get('a')).rejects.toMatchObject({
      code: 'archive_unavailable',
      message: 'Could not get a: it takes too long',
    })
  })

  test('a body that stops half way is a fault, not a short body', async () => {
    const { open } = await begin()
    await open().putIfAbsent('a', bytes('x'.repeat(2_000_000)), {})
    const target = new URL(endpoint)
    const proxy = await startTcpProxy({ host: target.hostname, port: Number(target.port) })
    const archive = open({
      endpoint: `http://127.0.0.1:${proxy.port}`,
      timeouts: { idleMs: 1_000, retryMs: 0 },
    })
    onTestFinished(() => proxy.close())
    proxy.limit(100_000)
    await expect(archive.get('a')).rejects.toMatchObject({
      code: 'archive_unavailable',
      message: 'Could not get a: it does not answer',
    })
  })

  test('a list that breaks off is a fault, not a short list', async () => {
    const { open, behind } = await begin()
    await open().putIfAbsent('raw/a', bytes('x'), {})
    const archive = await behind(firstOf('GET', { status: 404, body: errorBody('NoSuchKey') }))
    await expect(listed(archive, 'raw/')).rejects.toMatchObject({ code: 'archive_unavailable' })
    expect(await listed(archive, 'raw/')).toEqual(['raw/a'])
  })

  test('a bucket that does not exist is told, whatever is asked', async () => {
    const { open } = await begin()
    const archive = open({ bucket: 'no-such-bucket' })
    const refusal = {
      code: 'config_invalid',
      message: expect.stringContaining('there is no bucket no-such-bucket'),
    }
    await expect(archive.putIfAbsent('a', bytes('x'), {})).rejects.toMatchObject(refusal)
    await expect(archive.replaceIfUnchanged('a', '"e"', bytes('x'), {})).rejects.toMatchObject(refusal)
    await expect(archive.get('a')).rejects.toMatchObject(refusal)
    await expect(archive.head('a')).rejects.toMatchObject(refusal)
    await expect(archive.delete('a')).rejects.toMatchObject(refusal)
    await expect(listed(archive, '')).rejects.toMatchObject(refusal)
  })

  test.each([
    ['secret', { accessKeyId, secretAccessKey: 'a-wrong-secret-key' }],
    ['key id', { accessKeyId: 'A-WRONG-KEY-ID', secretAccessKey }],
  ])('a wrong %s is told plainly and at once, and no part of it', async (_what, wrong) => {
    const { open } = await begin()
    const told: unknown[] = []
    const archive = open({ credentials: wrong, onError: (message, error) => told.push(message, error) })
    for (const ask of [
      () => archive.get('a'),
      () => archive.head('a'),
      () => archive.putIfAbsent('a', bytes('x'), {}),
    ]) {
      const fault = (await ask().catch((error: unknown) => error)) as Fault
      expect(fault).toMatchObject({ code: 'config_invalid', retryable: false })
      expect(fault.message).toContain('check credentials, rights, region and S3_ENDPOINT')
      const everything = inspect([fault, told], { depth: 20, showHidden: true })
      for (const secret of Object.values(wrong)) expect(everything).not.toContain(secret)
      expect(everything).not.toContain(secretAccessKey)
    }
  })

  test('what other tools left in the bucket is not listed', async () => {
    const { bucket, open } = await begin()
    for (const key of ['raw/', 'raw/a~b', 'raw/_SUCCESS', 'raw/.hidden'])
      expect((await sendToS3(server, { method: 'PUT', path: `/${bucket}/${key}` })).status).toBe(200)
    expect(await listed(open(), '')).toEqual(['raw/_SUCCESS'])
  })

  test('a body that other means put there is an object without metadata', async () => {
    const { bucket, open } = await begin()
    await sendToS3(server, { method: 'PUT', path: `/${bucket}/a`, body: 'copied' })
    expect(await open().head('a')).toMatchObject({ metadata: {}, size: 6 })
  })

  interface Begun {
    readonly bucket: string
    open(options?: Partial<S3ArchiveOptions>): Archive
    behind(decide: (request: IncomingMessage) => Fate, options?: Partial<S3ArchiveOptions>): Promise<Archive>
  }

  /** A bucket of the test's own, and archives in it, directly or behind a proxy. */
  async function begin(): Promise<Begun> {
    const bucket = await createTestBucket(server)
    const open = (options: Partial<S3ArchiveOptions> = {}): Archive => {
      const archive = createS3Archive({
        bucket,
        endpoint,
        region,
        credentials: credentials(),
        ...options,
      })
      onTestFinished(() => archive.close())
      return archive
    }
    return {
      bucket,
      open,
      async behind(decide, options = {}) {
        const proxy = await startHttpProxy(endpoint, decide)
        onTestFinished(() => proxy.close())
        return open({ endpoint: proxy.url, ...options })
      },
    }
  }

  function credentials() {
    return { accessKeyId, secretAccessKey }
  }
})

/** That fate for the first request of the method, and no other. */
function firstOf(method: string, fate: Fate): (request: IncomingMessage) => Fate {
  let met = false
  return (request) => {
    if (met || request.method !== method) return 'pass'
    met = true
    return fate
  }
}

function errorBody(code: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>as a test says</Message></Error>`
}

test.each([
  ['no credentials', {}, 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'],
  ['no region', { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }, 'set AWS_REGION'],
])('with %s in the environment a process is told what to set', async (_what, env, advice) => {
  const program = runTypeScript('ask-archive.ts', ['some-bucket'], {
    env: {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...env,
      ...('AWS_ACCESS_KEY_ID' in env ? {} : { AWS_REGION: 'us-east-1' }),
    },
  })
  expect(await program.firstLine).toContain('config_invalid')
  expect(program.stdout()).toContain(advice)
})
