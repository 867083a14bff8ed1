import { expect, onTestFinished, test } from 'vitest'
import { type RunningProgram, runTypeScript } from '../support/run-program.ts'
import { createTestDatabase } from '../support/test-database.ts'

const SERVICES = [
  {
    service: 'loader',
    portName: 'LOADER_PORT',
    metrics: '/metrics',
    own: 'millrace_loader_batch_duration_seconds',
  },
  {
    service: 'kpi-exporter',
    portName: 'EXPORTER_PORT',
    metrics: '/service-metrics',
    own: 'millrace_exporter_refresh_failures_total',
  },
  { service: 'board', portName: 'BOARD_PORT', metrics: '/metrics', own: 'millrace_board_streams' },
]

test.each(SERVICES)(
  '$service as a process tells its health and its metrics, and stops on SIGTERM',
  async ({ service, portName, metrics, own }) => {
    const { url: databaseUrl, drop } = await createTestDatabase()
    onTestFinished(drop)
    const program = run(service, { DATABASE_URL: databaseUrl, [portName]: '0' })
    const url = await address(program)
    const ready = await fetch(`${url}/health/ready`)
    expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'ready' }])
    expect(await (await fetch(`${url}${metrics}`)).text()).toMatch(new RegExp(`^${own}.* 0$`, 'm'))
    program.child.kill('SIGTERM')
    expect(await program.ended).toBe(0)
    expect(program.output()).not.toMatch(/"level":"(warn|error)"/)
  },
  60_000,
)

test.each(SERVICES)('$service with a wrong variable does not start, and says which', async ({ service }) => {
  const env = { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none', BUSINESS_TIME_ZONE: 'Mars/Olympus' }
  const program = run(service, env)
  expect(await program.ended).toBe(1)
  expect(program.output()).toContain('BUSINESS_TIME_ZONE: expected a time zone like Europe/Vienna')
})

function run(service: string, env: Readonly<Record<string, string>>): RunningProgram {
  const program = runTypeScript(`../../services/${service}/src/main.ts`, [], {
    env: { PATH: process.env.PATH, ...env },
  })
  onTestFinished(async () => {
    program.child.kill('SIGKILL')
    await program.ended
  })
  return program
}

/** Where it listens, by its log. */
async function address({ output }: RunningProgram): Promise<string> {
  await expect.poll(output, { timeout: 30_000 }).toMatch(/"url":"http/)
  return new URL(/"url":"([^"]+)"/.exec(output())?.[1] ?? '').origin
}
