import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepAddresses, readAddresses } from './addresses.ts'

const URLS = {
  api: 'http://127.0.0.1:18080',
  board: 'http://127.0.0.1:18081',
  exporter: 'http://127.0.0.1:19464',
  loader: 'http://127.0.0.1:19465',
  archiver: 'http://127.0.0.1:19466',
  jobs: 'http://127.0.0.1:19467',
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'addresses-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('the addresses are found while the process runs, and nothing is left after it was closed', async () => {
  const kept = await keepAddresses(folder, URLS)
  expect(await readAddresses(folder)).toEqual({ pid: process.pid, ...URLS })
  await kept.close()
  expect(await readAddresses(folder)).toBeUndefined()
  expect(await readdir(folder)).toEqual([])
})

test('what a killed process left behind, or half a file, is no address', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  await writeFile(path.join(folder, 'addresses.json'), JSON.stringify({ pid, ...URLS }))
  expect(await readAddresses(folder)).toBeUndefined()
  await writeFile(path.join(folder, 'addresses.json'), `{"pid":${process.pid},"api":"http://127`)
  expect(await readAddresses(folder)).toBeUndefined()
})

test('the file of another process stays when this one closes', async () => {
  const kept = await keepAddresses(folder, URLS)
  await writeFile(path.join(folder, 'addresses.json'), JSON.stringify({ pid: process.ppid, ...URLS }))
  await kept.close()
  expect(await readAddresses(folder)).toMatchObject({ pid: process.ppid })
})
