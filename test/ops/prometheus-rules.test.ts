import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { alertName } from '@millrace/kpis/alert'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { pipelineAlerts } from '@millrace/kpis/prometheus/pipeline-alerts'
import { expect, onTestFinished, test } from 'vitest'
import { installPromtool } from '../support/servers/install-prometheus.ts'
import { describeWith } from '../support/servers.ts'

const PROMETHEUS = fileURLToPath(new URL('../../ops/prometheus/', import.meta.url))
const run = promisify(execFile)

await describeWith(installPromtool, 'promtool', (promtool) => {
  test('the rules are ones that Prometheus takes', async () => {
    for (const file of ['rules/kpis.yml', 'canary-rules.yml']) {
      const { stdout } = await run(promtool, ['check', 'rules', path.join(PROMETHEUS, file)])
      expect(stdout).toMatch(/SUCCESS: [1-9]\d* rules found/)
    }
  })

  test('each alert fires when it should, and is silent when late, under its minimum and at midnight', async () => {
    const { stdout } = await run(promtool, ['test', 'rules', path.join(PROMETHEUS, 'tests/kpis.test.yml')])
    expect(stdout).toContain('SUCCESS')
    const tests = await readFile(path.join(PROMETHEUS, 'tests/kpis.test.yml'), 'utf8')
    const alerts = (await loadKpis()).flatMap((kpi) => kpi.alerts.map((alert) => alertName(kpi, alert)))
    expect(alerts.length).toBeGreaterThan(3)
    for (const name of alerts) {
      expect(tests).toContain(`${name} fires"`)
      expect(tests).toContain(`${name} is silent while the KPI is late"`)
      expect(tests).toContain(`${name} is silent at midnight"`)
    }
    for (const { name } of pipelineAlerts) expect(tests).toContain(`${name} fires"`)
  })

  test.each([
    ['says nothing of its freshness', / *and on \(\) time\(\).*\n/g, /while the KPI is late/],
    ['forgets the minimum', / *and max without.*\n/g, /under the minimum/],
    ['looks at today', /window="last_24h"/g, /fires|at midnight/],
  ])('the tests fail when a rule %s', async (_, part, failing) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'millrace-rules-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const rules = await readFile(path.join(PROMETHEUS, 'rules/kpis.yml'), 'utf8')
    const tests = await readFile(path.join(PROMETHEUS, 'tests/kpis.test.yml'), 'utf8')
    const changed = rules.replaceAll(part, (found) =>
      found.replace('last_24h', 'today').replace(/^ *and.*\n/, ''),
    )
    expect(changed).not.toBe(rules)
    await writeFile(path.join(folder, 'kpis.yml'), changed)
    await writeFile(path.join(folder, 'kpis.test.yml'), tests.replace('../rules/kpis.yml', 'kpis.yml'))
    await expect(run(promtool, ['test', 'rules', path.join(folder, 'kpis.test.yml')])).rejects.toThrow(
      failing,
    )
  })
})
