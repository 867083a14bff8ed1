import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { startContainer } from './container-engine.ts'
import { SERVERS, type ServerChoice } from './offered-servers.ts'
import { openServer } from './open-server.ts'
import { runInstaller } from './run-installer.ts'

let programs: string
beforeEach(async () => {
  programs = await mkdtemp(path.join(tmpdir(), 'millrace-programs-'))
  vi.stubEnv('PATH', `${programs}:/usr/bin:/bin`)
  return async () => {
    vi.unstubAllEnvs()
    await rm(programs, { recursive: true })
  }
})

/** A container engine that notes what it is told, and does what the script says. */
async function placeEngine(name: 'docker' | 'podman', script: string): Promise<void> {
  const file = path.join(programs, name)
  await writeFile(file, `#!/bin/sh\necho "$*" >> '${programs}/told'\n${script}\n`)
  await chmod(file, 0o755)
}

const told = async (): Promise<readonly string[]> =>
  (await readFile(path.join(programs, 'told'), 'utf8')).trimEnd().split('\n')

const offered = (from: string) => ({ address: { from }, stop: async () => {} })
const choice: ServerChoice = {
  fromEnvironment: ({ TEST_THING: from }) => (from ? { from } : undefined),
  inContainer: async (engine) => offered(engine),
  start: async () => offered('the registries'),
}

test('what the environment names goes before all', async () => {
  await placeEngine('docker', 'exit 0')
  expect(await openServer(choice, { TEST_THING: 'elsewhere' })).toMatchObject({
    address: { from: 'elsewhere' },
  })
})

test('an engine that answers is used', async () => {
  await placeEngine('docker', 'exit 1')
  await placeEngine('podman', 'exit 0')
  expect(await openServer(choice, {})).toMatchObject({ address: { from: 'podman' } })
})

test('an engine that is installed and does not run is passed over', async () => {
  await placeEngine('docker', 'echo Cannot connect to the daemon >&2; exit 1')
  await placeEngine('podman', 'exit 125')
  expect(await openServer(choice, {})).toMatchObject({ address: { from: 'the registries' } })
})

test('an engine that cannot start the server is no obstacle', async () => {
  await placeEngine('docker', 'exit 0')
  const inContainer = () => Promise.reject(new Error('no such image'))
  expect(await openServer({ ...choice, inContainer }, {})).toMatchObject({
    address: { from: 'the registries' },
  })
})

test('a program that hangs is ended when its time is over', async () => {
  await placeEngine('docker', 'sleep 60')
  const started = performance.now()
  await expect(runInstaller('docker', ['info'], { timeoutMs: 200 })).rejects.toThrow(/docker ended/)
  expect(performance.now() - started).toBeLessThan(5_000)
})

test('a container is reached on loopback alone, and removed in the end', async () => {
  await placeEngine('docker', 'exit 0')
  const options = { title: 'Thing', image: 'thing:1.2', port: 20_001, isReady: async () => true }
  const { stop } = await startContainer('docker', { ...options, env: { KEY: 'value' }, args: ['--fast'] })
  await stop()
  const name = /--name (\S+)/.exec((await told()).join('\n'))?.[1]
  expect(await told()).toEqual([
    'image inspect thing:1.2',
    `run --detach --name ${name} --publish 127.0.0.1:20001:20001 --env KEY=value thing:1.2 --fast`,
    `rm --force --volumes ${name}`,
  ])
})

test('a container that ends while it starts is removed, with its last words in the error', async () => {
  await placeEngine('docker', 'case $1 in inspect) echo false;; logs) echo out of memory;; esac')
  const options = { title: 'Thing', image: 'thing:1.2', port: 20_001, isReady: async () => false }
  await expect(startContainer('docker', options)).rejects.toThrow(
    /Thing ended while it started.*out of memory/s,
  )
  expect((await told()).at(-1)).toMatch(/^rm --force/)
})

test.each(Object.entries(SERVERS))('the image of %s has its version as tag', async (_, { inContainer }) => {
  // Refuses to run it, so that nobody waits for an answer.
  await placeEngine('docker', 'test "$1" != run')
  await expect(inContainer('docker')).rejects.toThrow(/docker ended/)
  const run = (await told()).find((line) => line.startsWith('image inspect'))
  expect(run).toMatch(/^image inspect [a-z]+(\/[a-z]+)?:v?\d+\.\d+/)
})
