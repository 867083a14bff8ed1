import { execFile } from 'node:child_process'
import { access, readdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Config as ArchiverConfig } from '@millrace/archiver/config'
import { Config as BoardConfig } from '@millrace/board/config'
import { misspeltVariables } from '@millrace/cli/environment/misspelt-variables'
import { Config as IngestConfig } from '@millrace/ingest-api/config'
import { readWriteKeys } from '@millrace/ingest-api/read-write-keys'
import { Config as JobsConfig } from '@millrace/jobs/config'
import { Config as ExporterConfig } from '@millrace/kpi-exporter/config'
import { Config as LoaderConfig } from '@millrace/loader/config'
import { readConfig } from '@millrace/runtime/read-config'
import { expect, test } from 'vitest'
import { describeWith } from '../support/servers.ts'
import { installComposeConfig, readComposeServices } from './compose-config.ts'
import { installHadolint } from './install-hadolint.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)

const OURS = {
  'ingest-api': IngestConfig,
  archiver: ArchiverConfig,
  loader: LoaderConfig,
  'kpi-exporter': ExporterConfig,
  jobs: JobsConfig,
  board: BoardConfig,
}

await describeWith(readCompose, 'docker-compose.yml', ({ program, services }) => {
  test('without its secrets it is refused with the command that makes them', async () => {
    await expect(readComposeServices(program, '')).rejects.toThrow('node ops/compose/make-env.mjs > .env')
  })

  test('runs each service by a verb of the CLI, with a configuration that the service takes', async () => {
    const verbs = await readdir(path.join(ROOT, 'services/cli/src/commands'))
    for (const [name, config] of Object.entries(OURS)) {
      expect(services[name]?.command, name).toEqual([name])
      expect(verbs).toContain(`${name}.ts`)
      const environment = services[name]?.environment ?? {}
      expect(misspeltVariables(environment), name).toEqual([])
      const read = readConfig(config, environment)
      if ('KAFKA_BROKERS' in read) expect(read.KAFKA_BROKERS, name).toEqual(['kafka:9092'])
      if ('S3_BUCKET' in read) expect(read.S3_BUCKET, name).toBe('millrace')
    }
    const keys = await readWriteKeys(services['ingest-api']?.environment?.WRITE_KEYS ?? '')
    expect(keys.map(({ source, kind }) => `${source} ${kind}`)).toEqual([
      'server secret',
      'web public',
      'canary secret',
    ])
  })

  test('a small start is the services and the servers they need; the rest waits for its profile', async () => {
    const all = Object.entries(services)
    const small = all.filter(([, { profiles = [] }]) => profiles.length === 0).map(([name]) => name)
    expect(small.sort()).toEqual(
      [...Object.keys(OURS), 'migrate', 'kafka', 'postgres', 'redis', 's3', 's3-bucket'].sort(),
    )
    expect(new Set(all.flatMap(([, { profiles = [] }]) => profiles))).toEqual(
      new Set(['observability', 'analytics']),
    )
  })

  test('what runs on is restarted, bounded in memory and processor, and reachable from loopback only', async () => {
    for (const [name, service] of Object.entries(services)) {
      for (const port of service.ports ?? []) expect(port.host_ip, name).toBe('127.0.0.1')
      expect(service.image, name).toMatch(/:(v?\d|local$)/)
      if (name === 's3-bucket' || name === 'migrate') continue
      expect(service.restart, name).toBe('unless-stopped')
      expect(Number(service.deploy?.resources?.limits?.memory), name).toBeGreaterThan(0)
      expect(service.deploy?.resources?.limits?.cpus, name).toBeGreaterThan(0)
    }
  })

  test('what something waits for has a health check or ends by itself', async () => {
    for (const [name, { depends_on = {} }] of Object.entries(services)) {
      for (const [needed, { condition }] of Object.entries(depends_on)) {
        const why = `${name} waits for ${needed}`
        if (condition === 'service_healthy') expect(services[needed]?.healthcheck, why).toBeDefined()
        if (condition === 'service_completed_successfully')
          expect(services[needed]?.restart, why).not.toBe('unless-stopped')
      }
    }
  })

  test('every file that it mounts or builds from is there', async () => {
    for (const { volumes = [], build } of Object.values(services)) {
      for (const { type, source } of volumes) if (type === 'bind') await access(source)
      if (build) await access(path.join(build.context, build.dockerfile))
    }
  })
})

await describeWith(installHadolint, 'Dockerfiles', (hadolint) => {
  test.each(['millrace', 'superset'])('hadolint finds nothing in the image of %s', async (image) => {
    const file = path.join(ROOT, `ops/images/${image}.Dockerfile`)
    const { stdout } = await run(hadolint, ['--failure-threshold', 'warning', '--no-color', file])
    expect(stdout).not.toMatch(/(warning|error):/)
  })
})

async function readCompose() {
  const program = await installComposeConfig()
  return { program, services: await readComposeServices(program, await makeEnv()) }
}

async function makeEnv(): Promise<string> {
  const { stdout } = await run(process.execPath, [path.join(ROOT, 'ops/compose/make-env.mjs')])
  return stdout
}
