import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { cachedInstall, type Recipe } from './cached-install.ts'

let cache: string
beforeEach(async () => {
  const home = await mkdtemp(path.join(tmpdir(), 'millrace-cache-'))
  vi.stubEnv('XDG_CACHE_HOME', home)
  cache = path.join(home, 'millrace')
  return async () => {
    vi.unstubAllEnvs()
    await rm(home, { recursive: true })
  }
})

const recipe = (given: Partial<Recipe> = {}): Recipe => ({
  title: 'Thing 1.2',
  name: 'thing-1.2',
  how: 'with care',
  advice: 'Install the thing.',
  make: (folder) => writeFile(path.join(folder, 'thing'), 'made'),
  ...given,
})

test('what is made once is there for the next', async () => {
  const made: string[] = []
  const make = async (folder: string): Promise<void> => {
    made.push(folder)
    await writeFile(path.join(folder, 'thing'), 'made')
  }
  const first = await cachedInstall(recipe({ make }))
  expect(await cachedInstall(recipe({ make }))).toBe(first)
  expect(first).toBe(path.join(cache, 'thing-1.2'))
  expect(await readFile(path.join(first, 'thing'), 'utf8')).toBe('made')
  expect(made).toHaveLength(1)
})

test('two at once wait for one another, and one makes it', async () => {
  let made = 0
  const make = async (): Promise<void> => {
    made += 1
    await sleep(300)
  }
  const folders = await Promise.all([1, 2, 3].map(() => cachedInstall(recipe({ make }))))
  expect([made, new Set(folders).size]).toEqual([1, 1])
  expect(await readdir(cache)).toEqual(['thing-1.2'])
})

test('one that cannot be made says what to install, leaves nothing behind, and may be tried again', async () => {
  const failed = cachedInstall(recipe({ make: () => Promise.reject(new Error('no network')) }))
  await expect(failed).rejects.toMatchObject({
    name: 'ServerMissing',
    message: 'Thing 1.2 could not be fetched with care. Install the thing.',
    cause: { message: 'no network' },
  })
  expect(await readdir(cache)).toEqual([])
  await cachedInstall(recipe())
  expect(await readdir(cache)).toEqual(['thing-1.2'])
})

test('what a killed maker left is taken over and removed', async () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  await mkdir(path.join(cache, `thing-1.2.new-${pid}-abcd`), { recursive: true })
  await writeFile(path.join(cache, 'thing-1.2.lock'), `${hostname()} ${pid}\n`)
  await cachedInstall(recipe())
  expect(await readdir(cache)).toEqual(['thing-1.2'])
})

test('the lock of a maker that is at work is waited for', async () => {
  await mkdir(cache, { recursive: true })
  const lock = path.join(cache, 'thing-1.2.lock')
  await writeFile(lock, `${hostname()} ${process.pid}\n`)
  let done = false
  const waiting = cachedInstall(recipe()).then(() => {
    done = true
  })
  onTestFinished(() => waiting)
  await sleep(700)
  expect(done).toBe(false)
  await rm(lock)
  await waiting
})

test('what does not run any more is made anew', async () => {
  const folder = await cachedInstall(recipe())
  await writeFile(path.join(folder, 'thing'), 'broken')
  const works = async (made: string): Promise<boolean> =>
    (await readFile(path.join(made, 'thing'), 'utf8')) === 'made'
  await cachedInstall(recipe({ works }))
  expect(await readFile(path.join(folder, 'thing'), 'utf8')).toBe('made')
  expect(await readdir(cache)).toEqual(['thing-1.2'])
})
