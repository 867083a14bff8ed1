import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readdir, rm, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { copyBinaries } from '@millrace/runtime/embedded-postgres/copy-binaries'
import { preparePostgresBinaries } from '@millrace/runtime/embedded-postgres/postgres-binaries'
import { expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)

test('a copy runs, also of a read-only install without its links, and two at once end in one', async () => {
  const folder = await temporaryFolder()
  const { postgres } = await preparePostgresBinaries({ account: undefined, dataDir: folder })
  const installed = path.dirname(path.dirname(path.dirname(postgres)))
  await run('cp', ['-a', installed, path.join(folder, 'package')])
  const native = path.join(folder, 'package/native')
  const lib = await readdir(path.join(native, 'lib'), { withFileTypes: true })
  const links = lib.filter((entry) => entry.isSymbolicLink())
  expect(links.length).toBeGreaterThan(5)
  for (const link of links) await unlink(path.join(native, 'lib', link.name))
  await run('chmod', ['-R', 'a-w', native])

  const options = { native, version: '18.test', account: undefined, dataDir: path.join(folder, 'data') }
  const [first, second] = await Promise.all([copyBinaries(options), copyBinaries(options)])
  expect(second).toBe(first)
  expect(await readdir(options.dataDir)).toEqual(['postgres-18.test'])
  const { stdout } = await run(path.join(first, 'bin/postgres'), ['--version'])
  expect(stdout).toMatch(/^postgres \(PostgreSQL\) 18/)
})

test('a copy that others could have changed is not run', async () => {
  const folder = await temporaryFolder()
  const { postgres } = await preparePostgresBinaries({ account: undefined, dataDir: folder })
  const native = path.dirname(path.dirname(postgres))
  const options = { native, version: '18.test', account: undefined, dataDir: path.join(folder, 'data') }
  await chmod(await copyBinaries(options), 0o777)
  await expect(copyBinaries(options)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('DATABASE_URL'),
  })
})

test('a platform without binaries is told to set DATABASE_URL', async () => {
  const { arch } = process
  Object.defineProperty(process, 'arch', { value: 'pdp11' })
  onTestFinished(() => void Object.defineProperty(process, 'arch', { value: arch }))
  await expect(preparePostgresBinaries({ account: undefined, dataDir: tmpdir() })).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/pdp11.*Set DATABASE_URL/),
  })
})

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-binaries-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
