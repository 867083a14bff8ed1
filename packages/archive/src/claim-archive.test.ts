import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openFolderArchive } from '../../../test/support/open-folder-archive.ts'
import type { Archive } from './archive.ts'
import { claimArchive, readClaim } from './claim-archive.ts'

test('an archive without a claim goes to the first log that comes, and stays its own', async () => {
  const { archive } = await openFolderArchive()
  await archive.putIfAbsent('raw/filled-before', Buffer.from('x'), {})
  expect(await readClaim(archive)).toBeUndefined()
  await claimArchive(archive, 'log-a')
  await claimArchive(archive, 'log-a')
  expect(await readClaim(archive)).toEqual({ identity: 'log-a' })
})

test('another log is refused, and told what to do', async () => {
  const { archive } = await openFolderArchive()
  await claimArchive(archive, 'log-a')
  await expect(claimArchive(archive, 'log-b')).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/belongs to log log-a, .* is log-b: set S3_BUCKET, S3_PREFIX or DATA_DIR/),
  })
  expect(await readClaim(archive)).toEqual({ identity: 'log-a' })
})

test('of logs that come at the same time one gets it', async () => {
  const { archive } = await openFolderArchive()
  const answers = await Promise.allSettled(['a', 'b', 'c', 'd'].map((log) => claimArchive(archive, log)))
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test.each(['no json', '[]', '{"identity":1}', 'null'])('a claim that says %s is told', async (text) => {
  const { archive, folder } = await openFolderArchive()
  await writeFile(path.join(folder, 'log.json'), text)
  await expect(claimArchive(archive, 'log-a')).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('log.json'),
  })
})

test('a store that writes whatever the condition is told, and its claim is not taken from it', async () => {
  const { archive } = await openFolderArchive()
  const put = async (key: string, body: Uint8Array): Promise<void> => {
    await archive.delete(key)
    await archive.putIfAbsent(key, body, {})
  }
  const noIfMatch: Archive = {
    ...archive,
    replaceIfUnchanged: async (key, _etag, body) => put(key, body).then(() => 'replaced' as const),
  }
  const noConditions: Archive = {
    ...noIfMatch,
    putIfAbsent: async (key, body) => put(key, body).then(() => 'created' as const),
  }
  await claimArchive(archive, 'log-a')
  for (const store of [noIfMatch, noConditions]) {
    await expect(claimArchive(store, 'log-b')).rejects.toThrow('belongs to log log-a')
    await expect(claimArchive(store, 'log-a')).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('does not honour'),
    })
    expect(await readClaim(archive)).toEqual({ identity: 'log-a' })
  }
})
