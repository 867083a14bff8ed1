import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Config } from '@millrace/cli/up/config'
import { loadKpiFolder } from '@millrace/kpis/load-kpis'
import { renderSql } from '@millrace/kpis/render-sql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDataFolder } from './support/make-data-folder.ts'
import { FREE_PORTS } from './support/ports-of-up.ts'
import { ROOT, type RunningProgram, runMillrace } from './support/run-program.ts'

const README = await readFile(path.join(ROOT, 'README.md'), 'utf8')

/** They start or test everything by themselves: `up` is running here, and this is a test. */
const NOT_RUN_HERE = ['git clone', 'npm start', 'npm test', 'npm run bench']

interface Up {
  readonly api: string
  readonly exporter: string
  readonly keys: readonly { readonly key: string; readonly kind: 'public' | 'secret' }[]
}

let env: Record<string, string>
let program: RunningProgram
let up: Up

beforeAll(async () => {
  env = { ...FREE_PORTS, DATA_DIR: await makeDataFolder() }
  program = runMillrace(['up', '--json'], env)
  up = JSON.parse(await program.firstLine) as Up
  env.INGEST_PORT = new URL(up.api).port
}, 120_000)

afterAll(async () => {
  program.child.kill('SIGTERM')
  await program.ended
  await rm(env.DATA_DIR ?? '', { recursive: true, force: true })
})

const commands = blocks('sh').flatMap((block) => block.trim().split('\n'))

test('the commands that are not run here are in the README', () => {
  expect(commands.filter((line) => line.startsWith('npx millrace')).length).toBeGreaterThan(4)
  expect(commands).toContain('npm start')
  expect(commands).toContain('npm test')
})

for (const command of commands.filter((line) => line.startsWith('npx millrace '))) {
  test(`${command}`, { timeout: 60_000 }, async () => {
    const run = runMillrace(command.slice('npx millrace '.length).split(' '), env)
    expect(await run.ended, run.output()).toBe(0)
  })
}

test('every other command is one that this test knows', () => {
  const known = ['npx millrace ', 'curl -s http://127.0.0.1:9464/metrics', 'export ', ...NOT_RUN_HERE]
  expect(commands.filter((line) => !known.some((start) => line.startsWith(start)))).toEqual([])
})

test('the JavaScript of "Send events" sends an event that is accepted', async () => {
  const [code = ''] = blocks('js')
  const send = new Function(
    'writeKey',
    `return ${code.replace('await ', '').replace('http://127.0.0.1:8080', up.api)}`,
  )
  const secret = up.keys.find(({ kind }) => kind === 'secret')?.key
  const response = (await send(secret)) as Response
  expect(await response.json()).toMatchObject({ accepted: 1, rejected: [] })
})

test('the KPI of "The KPIs" is a KPI', async () => {
  const [code = ''] = blocks('ts')
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-kpi-'))
  try {
    const source = code.replace('millrace/kpis', path.join(ROOT, 'packages/kpis/src/define-kpi.ts'))
    await writeFile(path.join(folder, 'large-orders.ts'), source)
    const kpis = await loadKpiFolder(folder)
    expect(kpis.map(({ name }) => name)).toEqual(['large_orders'])
    expect(renderSql(kpis)).toContain('create view warehouse.kpi_large_orders')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('every variable that an export sets is one that `millrace up` or the S3 client reads', () => {
  const exported = commands.filter((line) => line.startsWith('export '))
  const names = exported.flatMap((line) => [...line.matchAll(/([A-Z_0-9]+)=/g)].map(([, name = '']) => name))
  expect(names.length).toBeGreaterThan(4)
  expect(names.filter((name) => !(name in Config.shape) && !/^AWS_/.test(name))).toEqual([])
})

test('every variable of the table is one that `millrace up` reads', () => {
  const rows = README.split('\n').filter((line) => /^\| `[A-Z_0-9]+`/.test(line))
  const variables = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_0-9]+)`/g)].map(([, name = '']) => name),
  )
  expect(variables.length).toBeGreaterThan(10)
  expect(variables.filter((name) => !(name in Config.shape))).toEqual([])
})

function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(
    ([, block]) => block ?? '',
  )
}
