import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readPseudonymKeys } from './read-pseudonym-keys.ts'

const OLD = 'the key before the rotation, of 32 characters'
const NEW = 'the key after the rotation, of 32 characters'

async function fileOf(text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-keys-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = path.join(folder, 'key')
  await writeFile(file, text)
  return file
}

test('keys stand in the environment or in files', async () => {
  const file = await fileOf(`${OLD}\n`)
  expect(await readPseudonymKeys({ PSEUDONYM_KEY: NEW })).toEqual({ pseudonymKey: NEW })
  expect(await readPseudonymKeys({ PSEUDONYM_KEY: NEW, PSEUDONYM_KEY_RETIRED: `@${file}` })).toEqual({
    pseudonymKey: NEW,
    retiredPseudonymKey: OLD,
  })
})

test('the current key is not retired, wherever the two stand', async () => {
  const file = await fileOf(NEW)
  for (const same of [NEW, `@${file}`]) {
    await expect(readPseudonymKeys({ PSEUDONYM_KEY: NEW, PSEUDONYM_KEY_RETIRED: same })).rejects.toThrow(
      'PSEUDONYM_KEY_RETIRED: is the current key too',
    )
  }
})

test.each([
  ['a file that is not there', async () => '/hunter2', /PSEUDONYM_KEY: .* readable file \(ENOENT\)/],
  ['a file with too little in it', async () => fileOf('hunter2'), /PSEUDONYM_KEY: .* at least 32 characters/],
])('%s is told without what it says', async (_what, make, expected) => {
  const error: Error = await readPseudonymKeys({ PSEUDONYM_KEY: `@${await make()}` }).catch((cause) => cause)
  expect(error.message).toMatch(expected)
  expect(`${error.message} ${error.cause}`).not.toContain('hunter2')
})
