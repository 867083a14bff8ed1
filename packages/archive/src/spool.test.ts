import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openFolderArchive } from '../../../test/support/open-folder-archive.ts'
import type { Archive } from './archive.ts'
import { addToSpool, listSpool, oldestSpooledAt, readSpooled, setSpooledAside } from './spool.ts'

function batchOf(...values: string[]) {
  return [{ topic: 'events.v1', records: values.map((value) => ({ key: 'k', value })) }]
}

async function keysOf(archive: Archive): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const key of listSpool(archive)) keys.push(key)
  return keys
}

test('what is spooled is read back as it was, whatever the texts', async () => {
  const { archive } = await openFolderArchive()
  const headers = { traceparent: '00-1-2-01' }
  const batches = [
    {
      topic: 'events.v1',
      records: [
        { key: '', value: 'two\nlines, NUL \0, half a pair \ud800, ünï "quoted"' },
        { key: 'k', value: '{"a":1}', headers },
      ],
    },
    { topic: 'quarantine.v1', records: [{ key: 'q', value: '' }] },
  ]
  const key = await addToSpool(archive, batches, new Date('2026-11-21T12:00:00.007Z'))
  expect(key).toMatch(/^spool\/20261121T120000007Z-[0-9a-f]{16}\.ndjson\.gz$/)
  expect(await readSpooled(archive, key)).toEqual({ kind: 'batches', batches })
})

test('the oldest comes first, also of the same millisecond all come', async () => {
  const { archive } = await openFolderArchive()
  expect(await oldestSpooledAt(archive)).toBeUndefined()
  const times = ['2026-11-21T12:00:00.010Z', '2026-11-21T12:00:00.010Z', '2026-11-21T11:59:59.999Z']
  const keys: string[] = []
  for (const time of times) keys.push(await addToSpool(archive, batchOf(time), new Date(time)))
  expect(await keysOf(archive)).toEqual([keys[2], ...keys.slice(0, 2).sort()])
  expect(await oldestSpooledAt(archive)).toEqual(new Date('2026-11-21T11:59:59.999Z'))
})

test('objects of other names are none of the spool', async () => {
  const { archive } = await openFolderArchive()
  for (const key of ['spool/health', 'spool/20269921T120000000Z-0000000000000000.ndjson.gz', 'spoolx/a']) {
    await archive.putIfAbsent(key, Buffer.from('x'), {})
  }
  expect(await keysOf(archive)).toEqual([])
  expect(await oldestSpooledAt(archive)).toBeUndefined()
})

test('an object that another one has published is gone', async () => {
  const { archive } = await openFolderArchive()
  const key = await addToSpool(archive, batchOf('a'), new Date())
  await archive.delete(key)
  expect(await readSpooled(archive, key)).toEqual({ kind: 'gone' })
})

test.each([
  ['no gzip', Buffer.from('jane.doe@example.com')],
  ['cut off', gzipSync(JSON.stringify({ topic: 't', key: 'k', value: 'jane' })).subarray(0, 25)],
  ['no JSON', gzipSync('jane.doe@example.com\n')],
  ['empty', gzipSync('')],
  ['no record', gzipSync('{"topic":"events.v1","key":7}\n')],
  ['a record with other headers', gzipSync('{"topic":"t","key":"k","value":"v","headers":{"a":1}}\n')],
])('an object that is %s is told apart, without its content, and moved aside whole', async (_what, body) => {
  const { archive } = await openFolderArchive()
  const key = 'spool/20261121T120000000Z-0000000000000000.ndjson.gz'
  await archive.putIfAbsent(key, body, {})
  const spooled = await readSpooled(archive, key)
  expect(spooled).toEqual({ kind: 'broken', detail: expect.any(String) })
  expect(JSON.stringify(spooled)).not.toContain('jane')
  const aside = await setSpooledAside(archive, key)
  expect(aside).toBe('spool-broken/20261121T120000000Z-0000000000000000.ndjson.gz')
  expect(await keysOf(archive)).toEqual([])
  expect(Buffer.from((await archive.get(aside))?.body ?? [])).toEqual(body)
})
