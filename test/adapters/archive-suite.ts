import { randomBytes } from 'node:crypto'
import type { Archive } from '@millrace/archive/archive'
import { expect, onTestFinished, test } from 'vitest'

/** The promises of the port, on a real store. Each call of openArchive opens another client of the same store. */
export function describeArchive(name: string, openArchive: () => Promise<Archive>): void {
  const open = async (): Promise<Archive> => {
    const archive = await openArchive()
    onTestFinished(() => archive.close())
    return archive
  }

  test(`${name}: what was put comes back, body, metadata and etag`, async () => {
    const archive = await open()
    const key = `${prefixName()}raw/topic.v1/received_hour=2026-11-21T12/p0003-0000000000000001234.ndjson.gz`
    const body = randomBytes(100_000)
    const metadata = { first_offset: '1234', least_received_at: '2026-11-21T12:00:00.000Z' }
    expect(await archive.putIfAbsent(key, body, metadata)).toBe('created')
    const object = await archive.get(key)
    expect(object).toMatchObject({ key, metadata })
    expect(Buffer.compare(object?.body ?? Buffer.alloc(0), body)).toBe(0)
    expect(await archive.head(key)).toEqual({ key, metadata, etag: object?.etag, size: 100_000 })
  })

  test(`${name}: an empty body and no metadata are an object too`, async () => {
    const archive = await open()
    const key = `${prefixName()}empty`
    expect(await archive.putIfAbsent(key, new Uint8Array(), {})).toBe('created')
    expect(await archive.head(key)).toMatchObject({ size: 0, metadata: {} })
    expect((await archive.get(key))?.body.length).toBe(0)
    expect(await archive.putIfAbsent(key, bytes('x'), {})).toBe('exists')
  })

  test(`${name}: what is not there is undefined, and deleting it is no fault`, async () => {
    const archive = await open()
    const key = `${prefixName()}a/b`
    expect(await archive.get(key)).toBeUndefined()
    expect(await archive.head(key)).toBeUndefined()
    await archive.delete(key)
  })

  test(`${name}: a second put changes nothing`, async () => {
    const archive = await open()
    const key = `${prefixName()}a`
    await archive.putIfAbsent(key, bytes('first'), { n: '1' })
    expect(await archive.putIfAbsent(key, bytes('second'), { n: '2' })).toBe('exists')
    expect(await shown(archive, key)).toEqual({ body: 'first', n: '1' })
  })

  test(`${name}: of ten writers of one key one wins, with its body and its metadata`, async () => {
    const archives = [await open(), await open()] as const
    for (let round = 0; round < 5; round++) {
      const key = `${prefixName()}a/b/c`
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          archives[n % 2 === 0 ? 0 : 1].putIfAbsent(key, bytes(`writer ${n}`), { n: `${n}` }),
        ),
      )
      expect(answers.filter((answer) => answer === 'created')).toHaveLength(1)
      const winner = answers.indexOf('created')
      expect(await shown(archives[0], key)).toEqual({ body: `writer ${winner}`, n: `${winner}` })
    }
  })

  test(`${name}: of ten replacements of one etag one wins, with its body and its metadata`, async () => {
    const archives = [await open(), await open()] as const
    const key = `${prefixName()}a`
    await archives[0].putIfAbsent(key, bytes('old'), { n: 'old' })
    for (let round = 0; round < 5; round++) {
      const { etag = '' } = (await archives[0].head(key)) ?? {}
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          archives[n % 2 === 0 ? 0 : 1].replaceIfUnchanged(key, etag, bytes(`${round} ${n}`), { n: `${n}` }),
        ),
      )
      expect(answers.filter((answer) => answer === 'replaced')).toHaveLength(1)
      const winner = answers.indexOf('replaced')
      expect(await shown(archives[1], key)).toEqual({ body: `${round} ${winner}`, n: `${winner}` })
    }
  })

  test(`${name}: an object is not replaced by an old etag, nor made by a replacement`, async () => {
    const archive = await open()
    const key = `${prefixName()}a`
    expect(await archive.replaceIfUnchanged(key, 'no-such-etag', bytes('x'), {})).toBe('changed')
    expect(await archive.get(key)).toBeUndefined()
    await archive.putIfAbsent(key, bytes('one'), { n: '1' })
    const { etag = '' } = (await archive.head(key)) ?? {}
    expect(await archive.replaceIfUnchanged(key, etag, bytes('two'), { n: '2' })).toBe('replaced')
    expect(await archive.replaceIfUnchanged(key, etag, bytes('three'), { n: '3' })).toBe('changed')
    expect(await shown(archive, key)).toEqual({ body: 'two', n: '2' })
  })

  test(`${name}: a reader never sees one version's body with another's metadata`, async () => {
    const [writer, reader] = [await open(), await open()]
    const key = `${prefixName()}a`
    await writer.putIfAbsent(key, bytes('0'), { n: '0' })
    let writing = true
    const reading = (async () => {
      let reads = 0
      for (; writing; reads++) {
        const { body, n } = await shown(reader, key)
        expect(body).toBe(n)
      }
      return reads
    })()
    for (let n = 1; n <= 30; n++) {
      const { etag = '' } = (await writer.head(key)) ?? {}
      expect(await writer.replaceIfUnchanged(key, etag, bytes(`${n}`), { n: `${n}` })).toBe('replaced')
    }
    writing = false
    expect(await reading).toBeGreaterThan(0)
  })

  test(`${name}: a deleted object is gone, and can be put again`, async () => {
    const archive = await open()
    const prefix = prefixName()
    await archive.putIfAbsent(`${prefix}a`, bytes('one'), { n: '1' })
    await archive.delete(`${prefix}a`)
    expect(await archive.get(`${prefix}a`)).toBeUndefined()
    expect(await archive.head(`${prefix}a`)).toBeUndefined()
    expect(await listed(archive, prefix)).toEqual([])
    expect(await archive.putIfAbsent(`${prefix}a`, bytes('two'), { n: '2' })).toBe('created')
    expect(await shown(archive, `${prefix}a`)).toEqual({ body: 'two', n: '2' })
  })

  test(`${name}: keys are listed in ascending order of their bytes, those of the prefix only`, async () => {
    const archive = await open()
    const prefix = prefixName()
    const keys = ['a/b', 'a.b', 'a-b', 'a0', 'A', 'a/b.c/d', 'ab/c', 'a=1/p0001-2', 'a=1/p0001-10', 'b/c/d/e']
    for (const key of keys) await archive.putIfAbsent(prefix + key, bytes(key), {})
    const all = keys.map((key) => prefix + key).sort()
    for (const wanted of ['', 'a', 'a/', 'a/b', 'a/b.', 'a=1/p0001-', 'b/c/', 'c', 'a/b.c/d', 'a/b.c/d/e']) {
      const expected = all.filter((key) => key.startsWith(prefix + wanted))
      expect(await listed(archive, prefix + wanted)).toEqual(expected)
    }
  })

  test(`${name}: a long list is whole`, async () => {
    const archive = await open()
    const prefix = prefixName()
    const keys = Array.from(
      { length: 1_100 },
      (_, n) => `${prefix}${String(n % 7)}/${String(n).padStart(6, '0')}`,
    )
    const waiting = [...keys]
    const put = async (): Promise<void> => {
      for (let key = waiting.pop(); key; key = waiting.pop()) await archive.putIfAbsent(key, bytes(key), {})
    }
    await Promise.all(Array.from({ length: 16 }, put))
    expect(await listed(archive, prefix)).toEqual(keys.sort())
  }, 120_000)

  test.each([
    '',
    '/a',
    'a/',
    'a//b',
    '../a',
    'a/../../b',
    'a/.',
    '.a',
    'a/.millrace/b',
    'ä',
    'a b',
    'a\\b',
    'a\0b',
    'a~',
    'a\nb',
  ])(`${name}: %j is refused as a key`, async (key) => {
    const archive = await open()
    const refusal = { code: 'contract_broken', message: expect.stringContaining('key: expected') }
    await expect(archive.putIfAbsent(key, bytes('x'), {})).rejects.toMatchObject(refusal)
    await expect(archive.replaceIfUnchanged(key, 'e', bytes('x'), {})).rejects.toMatchObject(refusal)
    await expect(archive.get(key)).rejects.toMatchObject(refusal)
    await expect(archive.head(key)).rejects.toMatchObject(refusal)
    await expect(archive.delete(key)).rejects.toMatchObject(refusal)
  })

  test.each([
    { Upper: 'x' },
    { 'with-hyphen': 'x' },
    { 'with space': 'x' },
    { a: 'ä' },
    { a: 'line\nbreak' },
    { a: ' space' },
    { long: 'x'.repeat(2_000) },
  ])(`${name}: metadata that not every store keeps are refused: %j`, async (metadata) => {
    const archive = await open()
    const key = `${prefixName()}a`
    const refusal = { code: 'contract_broken', message: expect.stringContaining('metadata: expected') }
    await expect(archive.putIfAbsent(key, bytes('x'), metadata)).rejects.toMatchObject(refusal)
    await expect(archive.replaceIfUnchanged(key, 'e', bytes('x'), metadata)).rejects.toMatchObject(refusal)
    expect(await archive.head(key)).toBeUndefined()
  })

  test.each(['../', '/', 'a/../b', 'a//', 'ü', '.millrace'])(
    `${name}: %j is refused as a prefix`,
    async (prefix) => {
      const archive = await open()
      await expect(listed(archive, prefix)).rejects.toMatchObject({ code: 'contract_broken' })
    },
  )
}

export const bytes = (text: string): Uint8Array => Buffer.from(text)

export async function listed(archive: Archive, prefix: string): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const key of archive.list(prefix)) keys.push(key)
  return keys
}

export async function shown(archive: Archive, key: string): Promise<{ body: string; n: string | undefined }> {
  const object = await archive.get(key)
  return { body: Buffer.from(object?.body ?? []).toString(), n: object?.metadata.n }
}

function prefixName(): string {
  return `test-${randomBytes(6).toString('hex')}/`
}
