import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { kpiMetrics } from '@millrace/kpi-exporter/kpi-metrics'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { expect, onTestFinished, test } from 'vitest'
import { loadAtOnce } from '../support/load-at-once.ts'
import { randomShop } from '../support/random-shop.ts'
import { installPromtool } from '../support/servers/install-prometheus.ts'
import { describeWith } from '../support/servers.ts'
import { createTestDatabase } from '../support/test-database.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const DASHBOARD = 'ops/grafana/provisioning/dashboards/generated/business-metrics.json'
const run = promisify(execFile)

interface Panel {
  readonly title: string
  readonly type: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly expr: string }[]
}

async function readPanels(): Promise<readonly Panel[]> {
  return (JSON.parse(await readFile(path.join(ROOT, DASHBOARD), 'utf8')) as { panels: Panel[] }).panels
}

test('the SQL of each runbook runs, and each dataset has a number of each KPI that has data', async () => {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  await loadAtOnce([randomShop(20)], { url: database.url, timeZone: 'UTC', batchSize: () => 500 })
  const runbooks = await readdir(path.join(ROOT, 'docs/runbooks'))
  const queries = (await Promise.all(runbooks.map(sqlOf))).flat()
  expect(queries.length).toBeGreaterThan(8)
  for (const query of queries) await database.pool.query(query)

  const kpis = await loadKpis()
  for (const { name } of kpis) {
    const { expression, columns } = await readDataset(name)
    const { rows } = await database.pool.query(
      `select ${columns.join(', ')}, ${expression} as number from warehouse.kpi_${name}
       group by ${columns.join(', ')} having ${expression} is not null`,
    )
    expect(rows.length, name).toBeGreaterThan(0)
  }
})

async function sqlOf(runbook: string): Promise<readonly string[]> {
  const page = await readFile(path.join(ROOT, 'docs/runbooks', runbook), 'utf8')
  return [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, query = '']) => query)
}

/** The metric and the columns that one may group by. */
async function readDataset(name: string) {
  const text = await readFile(
    path.join(ROOT, `ops/superset/assets/datasets/Millrace/kpi_${name}.yaml`),
    'utf8',
  )
  const expression = /expression: "([^"]+)"/.exec(text)?.[1] ?? ''
  const columns = text.split('- column_name: ').slice(1)
  return {
    expression,
    columns: columns.filter((one) => one.includes('groupby: true')).map((one) => one.split('\n')[0]),
  }
}

test('each KPI has a panel, whose queries are about gauges and windows that the exporter has', async () => {
  const kpis = await loadKpis()
  const panels = await readPanels()
  const gauges = new Map(kpis.flatMap((kpi) => kpiMetrics(kpi).map((metric) => [metric.name, kpi])))
  for (const kpi of kpis) {
    const panel = panels.find(({ title, type }) => title === kpi.title && type === 'timeseries')
    const queries = panel?.targets?.map(({ expr }) => expr) ?? []
    expect(queries.length, kpi.name).toBe(2)
    for (const query of queries) {
      const [, gauge = '', window] = /\((kpi_\w+)\{window="(\w+)"\}\)/.exec(query) ?? []
      expect(gauges.get(gauge)).toBe(kpi)
      expect(kpiMetrics(kpi)[0]?.help).toContain(window)
    }
  }
})

test('no panel lies on another', async () => {
  const taken = new Set<string>()
  for (const { gridPos } of await readPanels()) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken.has(`${x} ${y}`)).toBe(false)
        taken.add(`${x} ${y}`)
      }
    }
  }
})

await describeWith(installPromtool, 'promtool', (promtool) => {
  test('the queries of the panels are ones that Prometheus takes', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'millrace-panels-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const queries = (await readPanels()).flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    const rules = queries.map((expr, index) => ({ record: `panel:${index}`, expr }))
    await writeFile(path.join(folder, 'panels.yml'), JSON.stringify({ groups: [{ name: 'panels', rules }] }))
    const { stdout } = await run(promtool, ['check', 'rules', path.join(folder, 'panels.yml')])
    expect(stdout).toContain(`SUCCESS: ${queries.length} rules found`)
  })
})
