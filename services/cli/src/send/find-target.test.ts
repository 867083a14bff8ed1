import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepAddresses } from '../addresses.ts'
import { findTarget } from './find-target.ts'

const KEYS = JSON.stringify([
  { key: 'pk_of_the_folder', source: 'web', kind: 'public' },
  { key: 'sk_of_the_canary', source: 'canary', kind: 'secret', historical: true, canary: true },
  { key: 'sk_of_now_only', source: 'now', kind: 'secret' },
  { key: 'sk_of_the_folder', source: 'server', kind: 'secret', historical: true },
])

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'target-'))
  await writeFile(path.join(folder, 'write-keys.json'), KEYS)
})
afterAll(() => rm(folder, { recursive: true }))

test('what is asked for comes first, then the environment, then what `up` uses', async () => {
  const env = { MILLRACE_URL: 'https://events.example', MILLRACE_KEY: 'sk_env', DATA_DIR: folder }
  const asked = { url: 'http://10.0.0.1:1', key: 'sk_asked' }
  expect(await findTarget(asked, env)).toEqual(asked)
  expect(await findTarget({}, env)).toEqual({ url: 'https://events.example', key: 'sk_env' })
  expect(await findTarget({}, { DATA_DIR: folder })).toEqual({
    url: 'http://127.0.0.1:8080',
    key: 'sk_of_the_folder',
  })
})

test('the address is that of an `up` with the same environment', async () => {
  const env = { BIND_HOST: '0.0.0.0', INGEST_PORT: '9000', WRITE_KEYS: KEYS }
  expect((await findTarget({}, env)).url).toBe('http://127.0.0.1:9000')
  expect((await findTarget({}, { ...env, BIND_HOST: '10.1.2.3' })).url).toBe('http://10.1.2.3:9000')
})

test('an `up` that runs on the folder is found on whatever port it has, unless a port is asked for', async () => {
  const api = 'http://127.0.0.1:34567'
  const others = 'http://127.0.0.1:34568'
  const urls = { api, board: others, exporter: others, loader: others, archiver: others, jobs: others }
  const kept = await keepAddresses(folder, urls)
  expect((await findTarget({}, { DATA_DIR: folder })).url).toBe(api)
  expect((await findTarget({}, { DATA_DIR: folder, INGEST_PORT: '0' })).url).toBe(api)
  expect((await findTarget({}, { DATA_DIR: folder, INGEST_PORT: '9000' })).url).toBe('http://127.0.0.1:9000')
  await kept.close()
  expect((await findTarget({}, { DATA_DIR: folder })).url).toBe('http://127.0.0.1:8080')
})

test('WRITE_KEYS may be JSON or the path of a file', async () => {
  expect((await findTarget({}, { WRITE_KEYS: KEYS })).key).toBe('sk_of_the_folder')
  expect((await findTarget({}, { WRITE_KEYS: path.join(folder, 'write-keys.json') })).key).toBe(
    'sk_of_the_folder',
  )
})

test('without a key anywhere the error says where one is looked for', async () => {
  await expect(findTarget({}, { DATA_DIR: path.join(folder, 'none') })).rejects.toThrow(
    /--key or MILLRACE_KEY; .*none\/write-keys\.json cannot be read/,
  )
  const onlyPublic = JSON.stringify([{ key: 'pk_of_the_web', source: 'web', kind: 'public' }])
  await expect(findTarget({}, { WRITE_KEYS: onlyPublic })).rejects.toThrow(/a secret one in WRITE_KEYS/)
})

test('keys that cannot be read are not repeated in the error', async () => {
  const broken = findTarget({}, { WRITE_KEYS: '[{"key":"sk_secret_value"}]' })
  await expect(broken).rejects.toThrow(/^Expected a JSON list of write keys in WRITE_KEYS$/)
})
