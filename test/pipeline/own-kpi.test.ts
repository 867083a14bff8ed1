import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { BoardState } from '@millrace/board/board-state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insertFact } from '../support/insert-facts.ts'
import { ROOT, runMillrace } from '../support/run-program.ts'
import { scrape } from '../support/scrape.ts'
import { installPromtool } from '../support/servers/install-prometheus.ts'
import { describeWith } from '../support/servers.ts'
import { type StartedProcesses, startProcesses } from '../support/start-processes.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const EXAMPLE = path.join(ROOT, 'docs/examples/definitions')
const FILE = 'kpis/large-order-ratio.ts'
const DAY_MS = 86_400_000
const run = promisify(execFile)

let folder: string
let database: TestDatabase
let env: Record<string, string>
let processes: StartedProcesses
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'millrace-definitions-'))
  await cp(EXAMPLE, folder, { recursive: true })
  database = await createTestDatabase()
  env = { DATABASE_URL: database.url, MILLRACE_DEFINITIONS: folder }
  await sellForAYear()
  expect(await millrace('generate')).toMatchObject({ code: 0 })
  expect(await millrace('migrate')).toEqual({ code: 0, stdout: 'filled  large_order_ratio' })
  processes = await startProcesses({ services: { 'kpi-exporter': 1, board: 1 }, env, keys: [] })
}, 120_000)
afterAll(async () => {
  await processes?.stop()
  await database?.drop()
  await rm(folder, { recursive: true })
})

/** Of ten orders one is large in Austria and four in Germany, each day; one is in another currency. */
async function sellForAYear(): Promise<void> {
  const { pool } = database
  await pool.query(
    `insert into warehouse.fact_order (source, order_id, country, currency, amount_minor, completed_at, business_date)
     select 'server', format('%s %s %s', days, country, n), country, case n when 10 then 'USD' else 'EUR' end,
       case when n <= large or n = 10 then 5001 else 5000 end, at, (at at time zone 'UTC')::date
     from generate_series(1, 365) as days, generate_series(0, 10) as n,
       (values ('AT', 0), ('DE', 3)) as countries (country, large),
       lateral (select now() - make_interval(days => days) as at)`,
  )
  const now = new Date().toISOString()
  for (const [country, amounts] of Object.entries({ AT: [5001, 100, 100, 100], DE: [5001, 100] })) {
    for (const amount_minor of amounts) await insertFact(pool, 'fact_order', now, { country, amount_minor })
  }
}

async function millrace(...args: readonly string[]): Promise<{ code: number; stdout: string }> {
  const program = runMillrace(args, env)
  const code = await program.ended
  return { code, stdout: program.stdout().trim() || program.stderr() }
}

const generated = (file: string): Promise<string> => readFile(path.join(folder, 'generated', file), 'utf8')

describe('a KPI that is one file in a folder of its own', () => {
  test('is a file of less than 20 lines, and the one that the docs show', async () => {
    const source = await readFile(path.join(folder, FILE), 'utf8')
    expect(source.trimEnd().split('\n').length).toBeLessThan(20)
    expect(await readFile(path.join(ROOT, 'docs/extending.md'), 'utf8')).toContain(source)
  })

  test('has its past in SQL, as it is counted by hand', async () => {
    const { rows } = await database.pool.query(
      'select business_date::text, country, value::double precision from warehouse.kpi_large_order_ratio order by 1, 2',
    )
    const byHand = await database.pool.query(
      `select business_date::text, country, avg((amount_minor > 5000)::int)::double precision as value
       from warehouse.fact_order where currency = 'EUR' group by 1, 2 order by 1, 2`,
    )
    expect(rows.length).toBeGreaterThan(700)
    expect(rows).toEqual(byHand.rows)
  })

  test('is on /metrics, by country', async () => {
    const { samples } = await scrape(`${processes.urls['kpi-exporter'][0]}/metrics`)
    const inAustria = (gauge: string): number | undefined =>
      samples.get(`${gauge}{country="AT",window="today"}`)
    expect(inAustria('kpi_large_order_ratio')).toBe(0.25)
    expect(inAustria('kpi_large_order_ratio_denominator')).toBe(4)
    expect(samples.get('kpi_large_order_ratio{country="DE",window="today"}')).toBe(0.5)
    expect(samples.get('kpi_success{kpi="large_order_ratio"}')).toBe(1)
  })

  test('is on the board', async () => {
    const response = await fetch(`${processes.urls.board[0]}/api/state`)
    const { kpis } = (await response.json()) as BoardState
    const card = kpis.find(({ name }) => name === 'large_order_ratio')
    expect(card).toMatchObject({ title: 'Large orders', owner: 'sales' })
    expect(card?.problem).toBeUndefined()
    expect(card?.parts.map(({ dimensions, days }) => [dimensions.country, days.at(-1)])).toEqual([
      ['DE', 0.5],
      ['AT', 0.25],
    ])
  })

  test('is in the commands', async () => {
    expect((await millrace('kpi', 'list')).stdout).toContain('large_order_ratio{country}')
    const from = new Date(Date.now() - 3 * DAY_MS).toISOString().slice(0, 10)
    const shown = await millrace('kpi', 'show', 'large_order_ratio', '--from', from, '--json')
    expect(JSON.parse(shown.stdout)).toContainEqual(
      expect.objectContaining({ dimensions: { country: 'AT' }, numerator: 1, denominator: 4, value: 0.25 }),
    )
    expect(await millrace('kpi', 'verify')).toMatchObject({ code: 0 })
    const doctor = await millrace('doctor', '--json')
    expect(JSON.parse(doctor.stdout)).toContainEqual(expect.objectContaining({ check: 'KPIs', status: 'ok' }))
  })

  test('is in the files of Grafana and Superset and in the docs, its runbook is named in its alert', async () => {
    expect(await generated('grafana/own-business-metrics.json')).toContain('kpi_large_order_ratio{window=')
    const dataset = await generated('superset/datasets/Millrace/kpi_large_order_ratio.yaml')
    expect(dataset).toContain('table_name: kpi_large_order_ratio')
    expect(await generated('superset/charts/kpi_large_order_ratio.yaml')).toContain(
      'slice_name: "Large orders"',
    )
    expect(await generated('docs/kpis.md')).toContain('[LargeOrderRatioBelowWarning](runbooks/')
    const rules = await generated('prometheus/rules/own-kpis.yml')
    const runbook = /runbook: (\S+)/.exec(rules)?.[1] ?? ''
    expect(await generated(runbook)).toContain('# LargeOrderRatioBelowWarning')
  })

  test('is stale when it is changed, and what was made from it goes with it', async () => {
    expect(await millrace('generate', '--check')).toEqual({ code: 0, stdout: 'up to date' })
    const source = await readFile(path.join(folder, FILE), 'utf8')
    await writeFile(
      path.join(folder, FILE),
      source.replace('below(0.2)', 'above(0.9)').replaceAll('below', 'above'),
    )
    const { code, stdout } = await millrace('generate', '--check')
    expect(code).toBe(1)
    expect(stdout).toContain(`stale    ${folder}/generated/docs/runbooks/large-order-ratio-below-warning.md`)
    await writeFile(path.join(folder, FILE), source)
  })

  test('is refused with the place and the reason when it cannot be, before the database is touched', async () => {
    const broken = path.join(folder, 'kpis/broken.ts')
    await writeFile(
      broken,
      `import { defineKpi } from 'millrace/kpis'
       export const broken = defineKpi({ name: 'broken', title: 'B', help: 'B.', unit: 'money', owner: 'o',
         from: 'fact_order', measure: { kind: 'sum', column: 'amount_minor' } })`,
    )
    for (const verb of ['generate', 'migrate']) {
      const { code, stdout } = await millrace(verb)
      expect(code).toBe(1)
      expect(stdout).toMatch(
        /broken\.ts cannot be loaded: KPI broken: unit: money needs dimensions: \{ currency/,
      )
    }
    await rm(broken)
  })

  test('a folder that is not there is said', async () => {
    const nowhere = path.join(folder, 'nowhere')
    const program = runMillrace(['kpi', 'list'], { ...env, MILLRACE_DEFINITIONS: nowhere })
    expect(await program.ended).toBe(2)
    expect(program.output()).toContain(`MILLRACE_DEFINITIONS: expected a folder that holds ${nowhere}/kpis`)
  })
})

await describeWith(installPromtool, 'promtool', (promtool) => {
  test('its alert passes its tests', async () => {
    const rules = path.join(folder, 'generated/prometheus/rules/own-kpis.yml')
    expect((await run(promtool, ['check', 'rules', rules])).stdout).toContain('SUCCESS: 2 rules found')
    const tests = path.join(folder, 'generated/prometheus/tests/own-kpis.test.yml')
    expect(await readFile(tests, 'utf8')).toContain('LargeOrderRatioBelowWarning is silent at midnight')
    expect((await run(promtool, ['test', 'rules', tests])).stdout).toContain('SUCCESS')
  })
})
