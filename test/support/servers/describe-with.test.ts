import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../run-program.ts'
import { runInstaller } from './run-installer.ts'

const SERVERS = fileURLToPath(new URL('../servers.ts', import.meta.url))
const MISSING = fileURLToPath(new URL('./server-missing.ts', import.meta.url))

/** A file of tests that need a server which cannot be had, and one which can. */
const FILE = `
import { expect, test } from 'vitest'
import { describeWith } from ${JSON.stringify(SERVERS)}
import { ServerMissing } from ${JSON.stringify(MISSING)}

await describeWith(() => Promise.reject(new ServerMissing('Install the thing.')), 'Thing', () => {
  test('is not even collected', () => {})
})
await describeWith(async () => 42, 'Other', (answer) => {
  test('has the address', () => expect(answer).toBe(42))
})
`

/** Runs the file in a vitest of its own; what it says in the end, or in the error. */
async function runWith(ci: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-describe-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  await writeFile(path.join(folder, 'thing.test.ts'), FILE)
  await writeFile(
    path.join(folder, 'vitest.config.ts'),
    `export default { test: { include: ['*.test.ts'] } }`,
  )
  const run = [
    path.join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--root',
    folder,
    '--reporter=verbose',
  ]
  return runInstaller(process.execPath, run, { cwd: folder, env: { CI: ci, NO_COLOR: '1' } }).catch(
    (error: Error) => error.message,
  )
}

test('a missing server is a skip that says what to install', { timeout: 60_000 }, async () => {
  const said = await runWith('')
  expect(said).toMatch(/↓ .*Thing: Install the thing\./)
  expect(said).toMatch(/1 passed \| 1 skipped/)
})

test('a missing server is a failure in CI', { timeout: 60_000 }, async () => {
  const said = await runWith('true')
  expect(said).toMatch(/ended with 1/)
  expect(said).toMatch(/1 failed \| 1 passed/)
})
