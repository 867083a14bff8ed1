import { rm } from 'node:fs/promises'
import path from 'node:path'
import { Config as Archiver } from '@millrace/archiver/config'
import { Config as Board } from '@millrace/board/config'
import { Config as IngestApi } from '@millrace/ingest-api/config'
import { Config as Jobs } from '@millrace/jobs/config'
import { Config as KpiExporter } from '@millrace/kpi-exporter/config'
import { Config as Loader } from '@millrace/loader/config'
import { expect, onTestFinished, test } from 'vitest'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { runCommand } from '../support/run-command.ts'
import { createTestDatabase } from '../support/test-database.ts'

const WRITE_KEYS = JSON.stringify([{ key: 'sk_server_without', source: 'server', kind: 'secret' }])

async function emptyFolder(): Promise<string> {
  const folder = await makeDataFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return path.join(folder, 'data')
}

async function databaseUrl(): Promise<string> {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  return database.url
}

test('of the services only the ingest API makes pseudonyms, and it starts in no environment without a key', async () => {
  const services = { Archiver, Board, IngestApi, Jobs, KpiExporter, Loader }
  const required = Object.entries(services).filter(([, { shape }]) => {
    const field = (shape as Readonly<Record<string, { safeParse(value: unknown): { success: boolean } }>>)
      .PSEUDONYM_KEY
    return field !== undefined && !field.safeParse(undefined).success
  })
  expect(required.map(([name]) => name)).toEqual(['IngestApi'])
  for (const NODE_ENV of ['production', 'development', '']) {
    const env = { DATABASE_URL: 'postgresql://a@127.0.0.1:1/a', WRITE_KEYS, INGEST_PORT: '0', NODE_ENV }
    const { code, notes } = await runCommand(['ingest-api'], env)
    expect([code, notes]).toEqual([
      2,
      expect.stringMatching(/PSEUDONYM_KEY: expected a secret of at least 32/),
    ])
  }
})

test.each(['scrub', 'quarantine retry'])(
  '%s refuses in production, rather than make a key that nobody knows of',
  async (verb) => {
    const env = { DATABASE_URL: await databaseUrl(), DATA_DIR: await emptyFolder(), NODE_ENV: 'production' }
    const { code, notes } = await runCommand(verb.split(' '), env)
    expect([code, notes]).toEqual([
      2,
      expect.stringMatching(/PSEUDONYM_KEY: with NODE_ENV=production it must be set/),
    ])
  },
)
