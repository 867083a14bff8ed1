import { fileURLToPath } from 'node:url'
import type { SendSummary } from '@millrace/cli/send/tally'
import type { WriteKey } from '@millrace/contracts/write-key'
import { expect, onTestFinished, test } from 'vitest'
import { peakBytes, watch } from '../../bench/process-stats.ts'
import { expectShop, SHOP_EVENTS } from '../../support/expect-shop.ts'
import { makeRealParts, realServers } from '../../support/real-parts.ts'
import { sharedData } from '../../support/recount-answers.ts'
import { runMillrace } from '../../support/run-program.ts'
import { describeWith } from '../../support/servers.ts'
import { type StartedProcesses, startProcesses } from '../../support/start-processes.ts'

const RETAIL = sharedData('online_retail/online_retail.csv.gz')
const MAP = fileURLToPath(new URL('../../../docs/examples/online-retail.ts', import.meta.url))
const KEYS: readonly WriteKey[] = [
  { key: 'sk_of_an_import', source: 'server', kind: 'secret', historical: true },
]
const SERVICES = { 'ingest-api': 2, archiver: 2, loader: 2, jobs: 2, 'kpi-exporter': 1, board: 1 }

// Each event comes twice, in two orders, by two APIs at once.
await describeWith(realServers, "the shop's year, each service a process of its own", (servers) => {
  test.skipIf(!RETAIL)('the whole file to both APIs at once gives the known totals exactly', async () => {
    const { database, env } = await makeRealParts(servers)
    onTestFinished(() => database.drop())
    const all = await startProcesses({ services: SERVICES, env, keys: KEYS })
    onTestFinished(() => all.stop())
    const watched = all.processes.map(({ name, pid = 0 }) => ({
      name,
      pid,
      use: watch(pid, { tree: false }),
    }))

    const started = performance.now()
    const [inOrder, shuffled] = await Promise.all([send(all, 0, []), send(all, 1, ['--order', 'shuffle'])])
    const sentSeconds = (performance.now() - started) / 1000
    const whole = { events: SHOP_EVENTS, accepted: SHOP_EVENTS, rejected: 0 }
    expect([inOrder, shuffled]).toMatchObject([whole, whole])
    await balanced(all)
    const seconds = (performance.now() - started) / 1000
    await expectShop(database.pool)

    say(
      `${2 * SHOP_EVENTS} events accepted in ${sentSeconds.toFixed(1)} s, archived, loaded and reconciled in`,
    )
    say(`${seconds.toFixed(1)} s, ${SHOP_EVENTS} of them counted; process, CPU, most memory:`)
    for (const { name, pid, use } of watched) {
      const cpu = use.stop().cpuSeconds.toFixed(1).padStart(6)
      const megabytes = Math.round((peakBytes(pid) ?? 0) / 1e6)
      say(`  ${name.padEnd(14)} ${cpu} s ${String(megabytes).padStart(5)} MB`)
    }
  })
})

async function send(all: StartedProcesses, api: number, flags: readonly string[]): Promise<SendSummary> {
  const url = all.urls['ingest-api'][api] ?? ''
  const args = ['send', RETAIL ?? '', '--map', MAP, '--url', url, ...flags, '--json']
  const program = runMillrace(args, all.env)
  expect(await program.ended, program.output()).toBe(0)
  return JSON.parse(program.stdout()) as SendSummary
}

/** Until all is archived and loaded. */
async function balanced(all: StartedProcesses): Promise<void> {
  const program = runMillrace(['reconcile', '--wait', '600', '--json'], all.env)
  expect(await program.ended, program.output()).toBe(0)
  expect(JSON.parse(program.stdout())).toMatchObject({ balanced: true })
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
