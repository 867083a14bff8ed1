import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { createFalsePeople } from '@millrace/jobs/canary/false-people'
import { expect, onTestFinished, test } from 'vitest'
import { askMillrace } from '../support/ask-millrace.ts'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { FREE_PORTS } from '../support/ports-of-up.ts'
import { runMillrace } from '../support/run-program.ts'
import { scrape } from '../support/scrape.ts'

interface Finding {
  readonly check: string
  readonly status: string
  readonly detail: string
}

async function makeFolder(): Promise<string> {
  const folder = await makeDataFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return path.join(folder, 'data')
}

async function startUp(dataDir: string, settings: Readonly<Record<string, string>> = {}) {
  const env = { ...FREE_PORTS, DATA_DIR: dataDir, CANARY_SECONDS: '5', ...settings }
  const program = runMillrace(['up', '--json'], env)
  const stop = async (): Promise<void> => {
    program.child.kill('SIGTERM')
    await program.ended
  }
  onTestFinished(stop)
  const answer = JSON.parse(await program.firstLine) as {
    jobs: string
    keys: readonly { source: string }[]
  }
  const canaryIn = async (): Promise<Finding | undefined> =>
    (await askMillrace<Finding[]>(['doctor'], env)).answer.find(({ check }) => check === 'canary')
  return { ...answer, program, stop, canaryIn }
}

test('up sends a canary by a key that it made, and doctor tells how it is', async () => {
  const dataDir = await makeFolder()
  const first = await startUp(dataDir)
  expect(first.keys.map(({ source }) => source)).toEqual(['server', 'web'])
  const planted = async () => (await scrape(`${first.jobs}/metrics`)).samples.get('pii_canary_planted_total')
  await expect.poll(planted, { timeout: 20_000 }).toBeGreaterThan(0)
  expect(await first.canaryIn()).toMatchObject({ status: 'warning', detail: 'sent, and not looked for yet' })
  await first.stop()

  // It is looked for at each start.
  const second = await startUp(dataDir)
  await expect.poll(second.canaryIn, { timeout: 20_000 }).toMatchObject({ status: 'ok' })
  const people = createFalsePeople((await readFile(path.join(dataDir, 'canary-key'), 'utf8')).trim())
  const said =
    first.program.output() + second.program.output() + (await scrape(`${second.jobs}/metrics`)).text
  expect(people.findIn(said)).toEqual([])
}, 90_000)

test('keys without one of a canary are told how to have one, and one that counts is refused', async () => {
  const keys = [{ key: 'sk_without_a_canary', source: 'server', kind: 'secret' }]
  const up = await startUp(await makeFolder(), { WRITE_KEYS: JSON.stringify(keys) })
  expect(up.program.stderr().match(/Canary: none, .*"canary":true/g)).toHaveLength(1)
  expect(await up.canaryIn()).toMatchObject({ status: 'warning' })
  const refused = runMillrace(['up', '--json'], {
    ...FREE_PORTS,
    DATA_DIR: await makeFolder(),
    WRITE_KEYS: JSON.stringify(keys),
    CANARY_WRITE_KEY: 'sk_without_a_canary',
  })
  expect(await refused.ended).toBe(2)
  expect(refused.stderr()).toContain('CANARY_WRITE_KEY: expected one of WRITE_KEYS that has "canary": true')
  expect(refused.output()).not.toContain('sk_without_a_canary')
}, 90_000)
