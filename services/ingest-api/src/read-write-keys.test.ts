import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readWriteKeys } from './read-write-keys.ts'

const KEYS = [
  { key: 'sk_0123456789', source: 'server', kind: 'secret', historical: true },
  { key: 'pk_0123456789', source: 'web', kind: 'public', origins: ['https://shop.example'] },
]

async function complaintOf(text: string): Promise<string> {
  const error = await readWriteKeys(text).catch((thrown: Error) => thrown)
  if (!(error instanceof Error)) throw new Error('the keys were taken')
  return error.message
}

test('write keys are read from JSON', async () => {
  expect(await readWriteKeys(JSON.stringify(KEYS))).toEqual(KEYS)
})

test('write keys are read from a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'write-keys-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'keys.json'), JSON.stringify(KEYS))
  expect(await readWriteKeys(join(folder, 'keys.json'))).toEqual(KEYS)
})

test('origins are brought to the form that browsers send', async () => {
  const [key] = await readWriteKeys(
    JSON.stringify([{ ...KEYS[1], origins: ['HTTPS://Shop.Example:443/', 'http://localhost:3000'] }]),
  )
  expect(key?.origins).toEqual(['https://shop.example', 'http://localhost:3000'])
})

test.each([
  ['a bad source', [KEYS[0], { ...KEYS[1], source: 'My Shop' }], /entry 1 source: lower-case/],
  ['a bad kind', [{ ...KEYS[0], kind: 'private' }], /entry 0 \(source server\) kind/],
  ['a field that is none', [{ ...KEYS[0], sk_pasted_here: true }], /entry 0 \(source server\): has a field/],
  ['an origin with a path', [{ ...KEYS[1], origins: ['https://shop.example/a'] }], /entry 0 .*origins/],
  ['an origin that is none', [{ ...KEYS[1], origins: ['shop.example'] }], /entry 0 .*origins/],
  ['the same key twice', [KEYS[0], { ...KEYS[1], key: KEYS[0]?.key }], /entry 1 has the same key as entry 0/],
  ['no keys', [], /WRITE_KEYS/],
  ['an object', KEYS[0], /WRITE_KEYS/],
])('%s is refused with the entry and without the key', async (_what, keys, complaint) => {
  const message = await complaintOf(JSON.stringify(keys))
  expect(message).toMatch(complaint)
  expect(message).not.toMatch(/0123456789|pasted/)
})

test('broken JSON and a missing file are told without what was given', async () => {
  expect(await complaintOf('[{"key":"sk_0123456789"')).not.toContain('0123456789')
  expect(await complaintOf('sk_0123456789')).toBe(
    'WRITE_KEYS: expected a JSON array or the path of a readable file (ENOENT)',
  )
})
