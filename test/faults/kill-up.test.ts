import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { FREE_PORTS } from '../support/ports-of-up.ts'
import { sharedData } from '../support/recount-answers.ts'
import { type RunningProgram, runMillrace } from '../support/run-program.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

const SHOP = sharedData('online_retail/online_retail.csv.gz')
const KILLS = 10

/** What the file holds, by test/support/recount-online-retail.py. */
const KNOWN = {
  orders: 19_959,
  revenue_gross: 1_065_562_248,
  revenue_refunds: 89_681_249,
  sign_ups: 4_338,
  daily_active_users: 16_763,
}

test.skipIf(SHOP === undefined)(
  'kill -9 of everything ten times in the middle of sending a year: the totals are those of a quiet day',
  async () => {
    const env = { ...FREE_PORTS, DATA_DIR: await makeDataFolder() }
    const random = createSeededRandom(20_261_121)
    let up = await start(env)
    onTestFinished(async () => {
      up.program.child.kill('SIGTERM')
      await up.program.ended
      await rm(env.DATA_DIR, { recursive: true, force: true })
    })
    const fixed = { ...env, INGEST_PORT: new URL(up.api).port }
    const send = [
      'send',
      SHOP ?? '',
      '--map',
      'docs/examples/online-retail.ts',
      '--batch-size',
      '50',
      '--json',
    ]
    let sending = runMillrace([...send, '--concurrency', '1'], fixed)
    for (let kill = 0; kill < KILLS; kill += 1) {
      await sleep(random.whole(300, 1_500))
      expect(sending.child.exitCode, sending.output()).toBeNull()
      up.program.child.kill('SIGKILL')
      await up.program.ended
      up = await start(fixed)
    }
    expect(await sending.ended).toBe(0)
    sending = runMillrace(send, fixed)
    expect(await sending.ended).toBe(0)

    const reconciled = runMillrace(['reconcile', '--json', '--wait', '60'], fixed)
    expect(JSON.parse(await reconciled.firstLine)).toMatchObject({ balanced: true })
    const verified = runMillrace(['kpi', 'verify', '--json'], fixed)
    expect(JSON.parse(await verified.firstLine)).toMatchObject({ differences: [] })
    for (const [kpi, total] of Object.entries(KNOWN))
      expect([kpi, await sumOf(kpi, fixed)]).toEqual([kpi, total])
  },
  300_000,
)

interface Up {
  readonly program: RunningProgram
  readonly api: string
}

async function start(env: Readonly<Record<string, string>>): Promise<Up> {
  const program = runMillrace(['up', '--json'], env)
  const { api } = JSON.parse(await program.firstLine) as { api: string }
  return { program, api }
}

async function sumOf(kpi: string, env: Readonly<Record<string, string>>): Promise<number> {
  const shown = runMillrace(['kpi', 'show', kpi, '--to', '2012-01-01', '--json'], env)
  const points = JSON.parse(await shown.firstLine) as { value: number; valueMinor?: number }[]
  return points.reduce((sum, { value, valueMinor }) => sum + (valueMinor ?? value), 0)
}
