import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../support/run-program.ts'

const NPM = `
  import { appendFileSync, copyFileSync, mkdirSync } from 'node:fs'
  appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n')
  if (process.env.NPM_FAILS) { console.error('the registry is away'); process.exit(7) }
  mkdirSync('node_modules', { recursive: true })
  copyFileSync('package-lock.json', 'node_modules/.package-lock.json')`

test('npm ci runs in a fresh checkout, once, and again when the lock file wants something else', async () => {
  const checkout = await freshCheckout()
  await checkout.lock({ 'node_modules/a': { version: '1.0.0' } })
  await checkout.ensure()
  await checkout.ensure()
  expect(await checkout.calls()).toHaveLength(1)
  expect((await checkout.calls())[0]).toMatch(/^ci /)
  await checkout.lock({ 'node_modules/a': { version: '1.0.1' } })
  await checkout.ensure()
  await checkout.ensure()
  expect(await checkout.calls()).toHaveLength(2)
})

test('a package for other platforms that is not there is no reason to install again', async () => {
  const checkout = await freshCheckout()
  await checkout.lock({ 'node_modules/a': { version: '1.0.0' } })
  await checkout.ensure()
  await checkout.lock({
    'node_modules/a': { version: '1.0.0' },
    'node_modules/a-windows': { version: '1.0.0', optional: true },
    'node_modules/used-by-a-tool-and-an-optional-one': { version: '1.0.0', devOptional: true },
  })
  await checkout.ensure()
  expect(await checkout.calls()).toHaveLength(1)
})

test('tools for tests are wanted by the tests alone', async () => {
  const checkout = await freshCheckout()
  await checkout.lock({ 'node_modules/a': { version: '1.0.0' } })
  await checkout.ensure()
  await checkout.lock({
    'node_modules/a': { version: '1.0.0' },
    'node_modules/tool': { version: '1.0.0', dev: true },
  })
  await checkout.ensure()
  expect(await checkout.calls()).toHaveLength(1)
  await checkout.ensure('{ dev: true }')
  expect(await checkout.calls()).toHaveLength(2)
})

test('what npm says when it fails is shown', async () => {
  const checkout = await freshCheckout()
  await checkout.lock({ 'node_modules/a': { version: '1.0.0' } })
  await expect(checkout.ensure('{}', { NPM_FAILS: '1' })).rejects.toMatchObject({
    stderr: expect.stringMatching(/the registry is away[\s\S]*npm ci failed \(exit code 7\)/),
  })
})

/** A checkout of nothing but the file under test, and an npm that notes how it was called. */
async function freshCheckout() {
  const root = await mkdtemp(path.join(tmpdir(), 'millrace-install-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const file = 'services/cli/bin/ensure-installed.mjs'
  await mkdir(path.join(root, path.dirname(file)), { recursive: true })
  await copyFile(path.join(ROOT, file), path.join(root, file))
  await writeFile(path.join(root, 'npm.mjs'), NPM)
  await writeFile(path.join(root, 'npm.js'), `import('./npm.mjs')`)
  return {
    lock: (packages: object) => writeFile(path.join(root, 'package-lock.json'), JSON.stringify({ packages })),
    ensure(options = '{}', env: Record<string, string> = {}) {
      const script = `import { ensureInstalled } from '${root}/${file}'; await ensureInstalled(${options})`
      return promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
        cwd: root,
        env: { PATH: process.env.PATH, npm_execpath: path.join(root, 'npm.js'), ...env },
      })
    },
    calls: async () => (await readFile(path.join(root, 'calls'), 'utf8')).trim().split('\n'),
  }
}
