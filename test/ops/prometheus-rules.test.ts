import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { alertName } from '@millrace/kpis/alert'
import { above, below, defineKpi } from '@millrace/kpis/define-kpi'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { pipelineAlerts } from '@millrace/kpis/prometheus/pipeline-alerts'
import { renderRuleTests } from '@millrace/kpis/prometheus/render-rule-tests'
import { renderRules } from '@millrace/kpis/prometheus/render-rules'
import { expect, onTestFinished, test } from 'vitest'
import { installPromtool } from '../support/servers/install-prometheus.ts'
import { describeWith } from '../support/servers.ts'

const PROMETHEUS = fileURLToPath(new URL('../../ops/prometheus/', import.meta.url))
const run = promisify(execFile)

const described = { title: 'A: "quoted" one', help: "It's — 100 %.", owner: 'tests' } as const
const said = { severity: 'info', means: 'What\'s "this": a # b' } as const
/** Money, people of whole days, today, levels, a difference, labels that are given and such as are not. */
const KINDS = [
  defineKpi({
    ...{ ...described, name: 'amounts', unit: 'money', from: 'fact_order', at: 'completed_at' },
    measure: { kind: 'sum', column: 'amount_minor' },
    dimensions: { currency: { column: 'currency' } },
    alerts: [{ ...said, when: below(12.5), only: { currency: 'KWD' }, for: '2h' }],
  }),
  defineKpi({
    ...{ ...described, name: 'people', unit: 'count', from: 'fact_person_day' },
    measure: { kind: 'distinct_people', days: 30 },
    alerts: [{ ...said, when: below(0), for: '1d' }],
  }),
  defineKpi({
    ...{ ...described, name: 'share', unit: 'ratio', from: 'fact_login', at: 'occurred_at' },
    measure: {
      ...{ kind: 'ratio', denominator: { kind: 'count' } },
      numerator: { kind: 'count', where: { country: 'AT' } },
    },
    dimensions: { method: { column: 'method', values: ['a "b"', 'c'] }, country: { column: 'country' } },
    alerts: [
      { ...said, when: below(0.0001), window: 'today', atLeast: 1 },
      { ...said, when: above(0.9), window: 'today', atLeast: 7, for: '1m' },
    ],
  }),
  defineKpi({
    ...{ ...described, name: 'waits', unit: 'seconds', from: 'fact_session', at: 'started_at' },
    measure: { kind: 'percentile', column: 'duration_seconds', quantiles: [0.5, 0.99] },
    alerts: [{ ...said, when: above(1e6), window: 'last_7d' }],
  }),
  defineKpi({
    ...{ ...described, name: 'level', unit: 'count', from: 'fact_feedback', at: 'occurred_at' },
    measure: { kind: 'last', column: 'score' },
    alerts: [{ ...said, when: below(-3.25) }],
  }),
] as const

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

  test('every kind of alert passes the tests that are made for it', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'millrace-rules-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const options = { group: 'all', rules: 'rules.yml', runbooks: 'docs/runbooks', pipeline: [] }
    await writeFile(path.join(folder, 'rules.yml'), renderRules(KINDS, options))
    await writeFile(path.join(folder, 'tests.yml'), renderRuleTests(KINDS, options))
    const checked = await run(promtool, ['check', 'rules', path.join(folder, 'rules.yml')])
    expect(checked.stdout).toContain('SUCCESS: 11 rules found')
    const tested = await run(promtool, ['test', 'rules', path.join(folder, 'tests.yml')])
    expect(tested.stdout).toContain('SUCCESS')
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
