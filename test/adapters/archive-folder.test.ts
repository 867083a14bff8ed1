import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Archive } from '@millrace/archive/archive'
import { createFolderArchive } from '@millrace/archive/folder'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { bytes, describeArchive, listed, shown } from './archive-suite.ts'

let shared: string
beforeAll(async () => {
  shared = await mkdtemp(path.join(tmpdir(), 'archive-'))
})
afterAll(() => rm(shared, { recursive: true }))

describeArchive('Folder', async () => createFolderArchive({ folder: shared }))

test('a body stands plainly at its key, for other tools to read', async () => {
  const { archive, folder } = await open()
  await archive.putIfAbsent('raw/a=1/b.txt', bytes('plain'), { n: '1' })
  expect(await readFile(path.join(folder, 'raw/a=1/b.txt'), 'utf8')).toBe('plain')
})

test('a body that other means put there is an object without metadata', async () => {
  const { archive, folder } = await open()
  await mkdir(path.join(folder, 'raw'))
  await writeFile(path.join(folder, 'raw/copied'), 'copied')
  expect(await shown(archive, 'raw/copied')).toEqual({ body: 'copied', n: undefined })
  expect(await archive.putIfAbsent('raw/copied', bytes('other'), {})).toBe('exists')
  const { etag = '' } = (await archive.head('raw/copied')) ?? {}
  expect(await archive.replaceIfUnchanged('raw/copied', etag, bytes('new'), { n: '2' })).toBe('replaced')
  expect(await shown(archive, 'raw/copied')).toEqual({ body: 'new', n: '2' })
})

test('a body that was changed by hand is not served with the metadata of another', async () => {
  const { archive, folder } = await open()
  await archive.putIfAbsent('a', bytes('as stored'), { n: '1' })
  await writeFile(path.join(folder, 'a'), 'tampered')
  await expect(archive.get('a')).rejects.toMatchObject({
    code: 'archive_unavailable',
    message: 'Could not get a: the body is not what was recorded when it was stored',
  })
})

test('ten thousand keys are listed in order', async () => {
  const { archive, folder } = await open()
  const keys = Array.from({ length: 10_000 }, (_, n) => `raw/h=${n % 24}/p${String(n).padStart(5, '0')}.gz`)
  for (let hour = 0; hour < 24; hour++) await mkdir(path.join(folder, `raw/h=${hour}`), { recursive: true })
  await Promise.all(keys.map((key) => writeFile(path.join(folder, key), '')))
  expect(await listed(archive, 'raw/')).toEqual(keys.sort())
  expect(await listed(archive, 'raw/h=7/')).toHaveLength(417)
})

test('a replacement that was decided but not finished is finished by whoever looks', async () => {
  const { archive, folder } = await open()
  await archive.putIfAbsent('a', bytes('old'), { n: 'old' })
  const { etag = '' } = (await archive.head('a')) ?? {}
  await archive.replaceIfUnchanged('a', etag, bytes('new'), { n: 'new' })
  for (const look of ['get', 'replace', 'sweep'] as const) {
    await unfinish(folder, 'a', 2)
    await writeFile(path.join(folder, 'a'), 'old')
    if (look === 'replace')
      expect(await archive.replaceIfUnchanged('a', etag, bytes('x'), {})).toBe('changed')
    if (look === 'sweep') await createFolderArchive({ folder }).close()
    if (look === 'sweep') expect(await readFile(path.join(folder, 'a'), 'utf8')).toBe('new')
    expect(await shown(archive, 'a')).toEqual({ body: 'new', n: 'new' })
  }
})

test('whatever is killed at whatever moment, what was promised is there, bodies and metadata agree, and work goes on', async () => {
  const { archive, folder } = await open()
  await archive.putIfAbsent('shared', bytes('0'), { n: '0' })
  const script = fileURLToPath(new URL('./write-until-killed.ts', import.meta.url))
  let replaced = 0
  for (let round = 0; round < 4; round++) {
    const lines: string[] = []
    await Promise.all(
      ['x', 'y'].map(async (name) => {
        const victim = spawn(process.execPath, ['--import', 'tsx', script, folder, `${name}${round}`], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        let said = ''
        const wrote = new Promise<void>((resolve) => {
          victim.stdout.on('data', (chunk: Buffer) => {
            said += chunk
            resolve()
          })
        })
        await wrote
        await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 100))
        victim.kill('SIGKILL')
        await new Promise((resolve) => victim.once('close', resolve))
        lines.push(...said.split('\n').slice(0, -1))
      }),
    )
    for (const line of lines) {
      const [, key = ''] = line.split(' ')
      if (line.startsWith('put ')) expect((await shown(archive, key)).body).toContain('xxxx')
      else replaced = Math.max(replaced, Number(key))
    }
    expect(lines.filter((line) => line.startsWith('replaced ')).length).toBe(
      new Set(lines.filter((line) => line.startsWith('replaced '))).size,
    )
    const now = await shown(archive, 'shared')
    expect(now.body).toBe(now.n)
    expect(Number(now.n)).toBeGreaterThanOrEqual(replaced)
    for (const key of await listed(archive, 'own/')) {
      const { body, n } = await shown(archive, key)
      expect(body.startsWith(`${n} x`)).toBe(true)
    }
  }
  const { etag = '' } = (await archive.head('shared')) ?? {}
  expect(await archive.replaceIfUnchanged('shared', etag, bytes('end'), { n: 'end' })).toBe('replaced')
  expect(replaced).toBeGreaterThan(0)
}, 60_000)

test('what a dead writer left behind is taken away after an hour, and nothing sooner', async () => {
  const { archive, folder } = await open()
  const staged = path.join(folder, '.millrace/staged')
  await archive.putIfAbsent('a', bytes('kept'), { n: '1' })
  await archive.putIfAbsent('gone', bytes('x'), {})
  await archive.delete('gone')
  for (const name of ['half-a-body', 'half.json']) await writeFile(path.join(staged, name), '{"ke')
  await createFolderArchive({ folder }).close()
  expect(await readdir(staged)).toHaveLength(3)
  const old = new Date(Date.now() - 2 * 3_600_000)
  for (const name of await readdir(staged)) await utimes(path.join(staged, name), old, old)
  await createFolderArchive({ folder }).close()
  expect(await readdir(staged)).toEqual([])
  expect(await readdir(path.join(folder, '.millrace/versions'))).toEqual(['a~'])
  expect(await shown(archive, 'a')).toEqual({ body: 'kept', n: '1' })
})

test('replacements that were decided hours ago are finished by the clean-up, none is taken away', async () => {
  const { archive, folder } = await open()
  const keys = Array.from({ length: 20 }, (_, n) => `a${n}`)
  for (const key of keys) {
    await archive.putIfAbsent(key, bytes('old'), { n: 'old' })
    const { etag = '' } = (await archive.head(key)) ?? {}
    await archive.replaceIfUnchanged(key, etag, bytes('new'), { n: 'new' })
    await unfinish(folder, key, 2)
    await writeFile(path.join(folder, key), 'old')
  }
  const staged = path.join(folder, '.millrace/staged')
  const old = new Date(Date.now() - 2 * 3_600_000)
  for (const name of await readdir(staged)) await utimes(path.join(staged, name), old, old)
  await createFolderArchive({ folder }).close()
  expect(await readdir(staged)).toEqual([])
  for (const key of keys) expect(await shown(archive, key)).toEqual({ body: 'new', n: 'new' })
})

test('a folder that cannot be written is a fault that names the key and the reason', async () => {
  const { folder } = await open()
  await writeFile(path.join(folder, 'file'), '')
  const archive = createFolderArchive({ folder: path.join(folder, 'file') })
  onTestFinished(() => archive.close())
  await expect(archive.putIfAbsent('raw/a', bytes('x'), {})).rejects.toMatchObject({
    code: 'archive_unavailable',
    retryable: true,
    message: 'Could not put raw/a: ENOTDIR',
  })
})

/** A new archive in a folder of its own. */
async function open(): Promise<{ archive: Archive; folder: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'archive-'))
  const archive = createFolderArchive({ folder })
  onTestFinished(async () => {
    await archive.close()
    await rm(folder, { recursive: true })
  })
  return { archive, folder }
}

/** The state of a crash after the version was decided, before its body was moved. */
async function unfinish(folder: string, key: string, version: number): Promise<void> {
  const text = await readFile(path.join(folder, `.millrace/versions/${key}~/${version}`), 'utf8')
  const { staged } = JSON.parse(text) as { staged: string }
  await rename(path.join(folder, key), path.join(folder, '.millrace/staged', staged))
  await writeFile(path.join(folder, '.millrace/staged', `${staged}.json`), text)
}
