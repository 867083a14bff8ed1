import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openFolderArchive } from '../../../test/support/open-folder-archive.ts'
import { claimKeys, readKeys } from './claim-keys.ts'

const now = () => new Date('2026-11-21T12:00:00.000Z')
const since = '2026-11-21T12:00:00.000Z'

test('the first key that comes is kept, and may come again', async () => {
  const { archive } = await openFolderArchive()
  expect(await readKeys(archive)).toEqual([])
  await claimKeys(archive, { current: 'a' }, now)
  await claimKeys(archive, { current: 'a' }, now)
  expect(await readKeys(archive)).toEqual([{ fingerprint: 'a', since }])
})

test('a key follows the one that is retired for it; while services restart either may come', async () => {
  const { archive } = await openFolderArchive()
  await claimKeys(archive, { current: 'a' }, now)
  await claimKeys(archive, { current: 'b', retired: 'a' }, now)
  await claimKeys(archive, { current: 'a' }, now)
  await claimKeys(archive, { current: 'b' }, now)
  expect((await readKeys(archive)).map(({ fingerprint }) => fingerprint)).toEqual(['a', 'b'])
})

test('two keys that come first are both kept', async () => {
  const { archive } = await openFolderArchive()
  await claimKeys(archive, { current: 'b', retired: 'a' }, now)
  await claimKeys(archive, { current: 'a' }, now)
  expect((await readKeys(archive)).map(({ fingerprint }) => fingerprint)).toEqual(['a', 'b'])
})

test.each([
  [
    'a key that nobody is known by',
    { current: 'x' },
    /PSEUDONYM_KEY: .* fingerprint a, in use since 2026-11-21/,
  ],
  ['one that retires such a key', { current: 'x', retired: 'y' }, /PSEUDONYM_KEY_RETIRED: .* this one has y/],
])('%s is refused with what to do', async (_what, keys, expected) => {
  const { archive } = await openFolderArchive()
  await claimKeys(archive, { current: 'a' }, now)
  await expect(claimKeys(archive, keys, now)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(expected),
  })
  expect(await readKeys(archive)).toHaveLength(1)
})

test('of services that start at once with different keys one is right', async () => {
  const { archive } = await openFolderArchive()
  const answers = await Promise.allSettled(
    ['a', 'b', 'c', 'd'].map((current) => claimKeys(archive, { current }, now)),
  )
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test.each(['no json', 'null', '{}', '{"keys":[{}]}'])('a list that says %s is told', async (text) => {
  const { archive, folder } = await openFolderArchive()
  await writeFile(path.join(folder, 'pseudonym-keys.json'), text)
  await expect(claimKeys(archive, { current: 'a' }, now)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('pseudonym-keys.json'),
  })
})
