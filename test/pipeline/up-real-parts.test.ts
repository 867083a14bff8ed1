import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WriteKey } from '@millrace/contracts/write-key'
import type { KpiPoint } from '@millrace/kpis/kpi-series'
import { expect, onTestFinished, test } from 'vitest'
import { differences } from '../support/loading.ts'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { FREE_PORTS } from '../support/ports-of-up.ts'
import { makeRealParts, type RealParts, realServers } from '../support/real-parts.ts'
import { runMillrace } from '../support/run-program.ts'
import { freePort } from '../support/servers/free-ports.ts'
import { describeWith } from '../support/servers.ts'
import { startUp } from '../support/start-up.ts'

const SAMPLE = fileURLToPath(new URL('../data/online-retail-sample.csv.gz', import.meta.url))
const MAP = fileURLToPath(new URL('../../docs/examples/online-retail.ts', import.meta.url))
const KEYS: readonly WriteKey[] = [
  { key: 'sk_of_an_import', source: 'server', kind: 'secret', historical: true },
]

await describeWith(realServers, 'up on Kafka, S3, Redis and a given Postgres', (servers) => {
  test('counts the sample exactly, says of each part where it is, and doctor finds nothing to do', async () => {
    const { database, env } = await realParts()
    const dataDir = await dataFolder()
    const up = await startUp(dataDir, KEYS, { ...env, ARCHIVE_FLUSH_SECONDS: '0.5' })
    onTestFinished(() => up.stop())
    const said = up.program.stderr()
    expect(said).toMatch(/Postgres: 127\.0\.0\.1:\d+\/test_\w+ \(DATABASE_URL\)/)
    expect(said).toContain(`Log: Kafka at ${env.KAFKA_BROKERS} (KAFKA_BROKERS)`)
    expect(said).toContain(
      `Archive: bucket ${env.S3_BUCKET} at ${new URL(env.S3_ENDPOINT ?? '').host} (S3_BUCKET)`,
    )
    expect(said).toContain(`Jobs: Redis at ${new URL(env.REDIS_URL ?? '').host} (REDIS_URL)`)

    expect(await up.ask('send', SAMPLE, '--map', MAP, '--url', up.api)).toMatchObject({
      events: 66,
      accepted: 66,
    })
    expect(await up.ask('reconcile', '--wait', '60')).toMatchObject({ balanced: true })
    const [net] = await up.ask<KpiPoint[]>('kpi', 'show', 'revenue_net')
    expect(net).toMatchObject({ date: '2010-12-01', valueMinor: 1_493_661 })
    expect(await differences(database.pool)).toEqual([])

    const doctor = await up.millrace('doctor', '--json')
    const findings = JSON.parse(doctor.stdout) as { check: string; status: string; detail: string }[]
    expect(findings.filter(({ status }) => status === 'failed')).toEqual([])
    for (const check of ['kafka', 'topic', 'bucket', 'redis'])
      expect(findings.find((finding) => finding.check === check)?.status, check).toBe('ok')
    for (const secret of [env.AWS_SECRET_ACCESS_KEY ?? '', KEYS[0]?.key ?? ''])
      expect(`${up.program.stderr()}${doctor.stdout}`).not.toContain(secret)
    expect((await readdir(dataDir)).sort()).not.toContain('archive')
  }, 180_000)

  test.each([
    ['KAFKA_BROKERS', (port: number) => `127.0.0.1:${port}`],
    ['S3_ENDPOINT', (port: number) => `http://127.0.0.1:${port}`],
    ['REDIS_URL', (port: number) => `redis://:hunter2@127.0.0.1:${port}`],
  ])(
    'says that the part of %s is away, and starts nothing',
    async (name, at) => {
      const { env } = await realParts()
      const up = runMillrace(['up'], {
        ...FREE_PORTS,
        ...env,
        DATA_DIR: await dataFolder(),
        [name]: at(await freePort()),
      })
      expect(await up.ended).toBe(1)
      expect(up.stderr()).toMatch(new RegExp(`^${name === 'S3_ENDPOINT' ? 'S3_BUCKET' : name}: `, 'm'))
      expect(up.output()).not.toContain('hunter2')
      expect(up.output()).not.toMatch(/^ +at /m)
    },
    180_000,
  )

  async function realParts(): Promise<RealParts> {
    const parts = await makeRealParts(servers)
    onTestFinished(() => parts.database.drop())
    return parts
  }
})

async function dataFolder(): Promise<string> {
  const folder = await makeDataFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return path.join(folder, 'data')
}
