import { spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ROOT } from './support/run-program.ts'

/** A checkout of `npm test` alone: its tools note that they were called; the first one then takes half a minute. */
async function checkoutOfTools(): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'millrace-run-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  for (const file of ['test/run.mjs', 'services/cli/bin/ensure-installed.mjs']) {
    await mkdir(path.join(root, path.dirname(file)), { recursive: true })
    await copyFile(path.join(ROOT, file), path.join(root, file))
  }
  await mkdir(path.join(root, 'node_modules/.bin'), { recursive: true })
  for (const lock of ['package-lock.json', 'node_modules/.package-lock.json'])
    await writeFile(path.join(root, lock), '{"packages":{}}')
  for (const tool of ['biome', 'knip', 'tsc', 'vitest']) {
    const script = `#!/bin/sh\necho ${tool} >> calls\n${tool === 'biome' ? 'exec sleep 30' : ''}\n`
    await writeFile(path.join(root, 'node_modules/.bin', tool), script, { mode: 0o755 })
  }
  return root
}

test.each([
  ['Ctrl-C, which the whole group gets', 'SIGINT', -1],
  ['SIGTERM, which comes to it alone', 'SIGTERM', 1],
] as const)('npm test that is stopped by %s begins nothing more, and has failed', async (_, signal, sign) => {
  const root = await checkoutOfTools()
  const child = spawn(process.execPath, ['test/run.mjs'], { cwd: root, detached: true })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const calls = () => readFile(path.join(root, 'calls'), 'utf8').catch(() => '')
  await expect.poll(calls, { timeout: 10_000 }).toBe('biome\n')
  process.kill(sign * (child.pid ?? 0), signal)
  expect(await ended).toBe(1)
  expect(await calls()).toBe('biome\n')
  expect(said).toMatch(/✗ stopped before the end\n0 passed, \d failed\n$/)
})
