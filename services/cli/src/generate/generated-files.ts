import type { Kpi } from '@millrace/kpis/kpi'
import { pipelineAlerts } from '@millrace/kpis/prometheus/pipeline-alerts'
import { renderRuleTests } from '@millrace/kpis/prometheus/render-rule-tests'
import { renderRules } from '@millrace/kpis/prometheus/render-rules'
import { renderDashboard } from '@millrace/kpis/render-dashboard'
import { renderDocs } from '@millrace/kpis/render-docs'
import { renderRunbooks } from '@millrace/kpis/render-runbooks'
import { renderSql } from '@millrace/kpis/render-sql'
import { renderSuperset } from '@millrace/kpis/render-superset'
import { renderPrivacy } from './render-privacy.ts'

export interface GeneratedFile {
  /** From the folder that they are generated into. */
  readonly path: string
  readonly content: string
  /** The content is what stands between the two comments of this name; the rest of the file is written by hand. */
  readonly part?: string
}

/** Folders in which nothing stands but what is generated: a file that is not any more is stale. */
export const GENERATED_FOLDERS = ['docs/runbooks', 'ops/superset/assets'] as const

const INTRODUCTION = `Each KPI is declared once, in \`packages/kpis/src/definitions\` or in a folder of your own ([extending.md](extending.md)).
Its totals keep themselves by triggers on its fact table; \`millrace kpi verify\` recomputes them from the facts. Days are
days of the business time zone.`

/** Everything that is rendered from the KPI definitions, the contracts and the default policy, and checked in. */
export function generatedFiles(kpis: readonly Kpi[]): readonly GeneratedFile[] {
  const rules = {
    ...{ group: 'kpis', rules: '../rules/kpis.yml', runbooks: 'docs/runbooks' },
    pipeline: pipelineAlerts,
  }
  const board = { title: 'Business Metrics', uid: 'millrace-business', slug: 'business-metrics' }
  return [
    { path: 'migrations/generated/kpi-totals.sql', content: renderSql(kpis) },
    { path: 'ops/prometheus/rules/kpis.yml', content: renderRules(kpis, rules) },
    { path: 'ops/prometheus/tests/kpis.test.yml', content: renderRuleTests(kpis, rules) },
    {
      path: 'ops/grafana/provisioning/dashboards/generated/business-metrics.json',
      content: renderDashboard(kpis, board),
    },
    ...renderSuperset(kpis, board).map(({ path, content }) => ({
      path: `ops/superset/assets/${path}`,
      content,
    })),
    { path: 'docs/kpis.md', content: renderDocs(kpis, INTRODUCTION) },
    ...renderRunbooks(kpis, pipelineAlerts).map(({ file, content }) => ({
      path: `docs/runbooks/${file}`,
      content,
    })),
    { path: 'docs/privacy.md', part: 'fields', content: renderPrivacy({ rules: [] }) },
  ]
}

const OWN_INTRODUCTION = `KPIs of your own. Millrace's are in its docs/kpis.md.`

/** What is rendered from the KPIs in the user's own folder, into its folder `generated`, which holds nothing else. */
export function ownGeneratedFiles(kpis: readonly Kpi[]): readonly GeneratedFile[] {
  const rules = { group: 'own-kpis', rules: '../rules/own-kpis.yml', runbooks: 'docs/runbooks', pipeline: [] }
  const board = {
    ...{ title: 'Business Metrics of our own', uid: 'millrace-own', slug: 'own-business-metrics' },
  }
  return [
    { path: 'prometheus/rules/own-kpis.yml', content: renderRules(kpis, rules) },
    { path: 'prometheus/tests/own-kpis.test.yml', content: renderRuleTests(kpis, rules) },
    { path: 'grafana/own-business-metrics.json', content: renderDashboard(kpis, board) },
    ...renderSuperset(kpis, board).map(({ path, content }) => ({ path: `superset/${path}`, content })),
    { path: 'docs/kpis.md', content: renderDocs(kpis, OWN_INTRODUCTION) },
    ...renderRunbooks(kpis, []).map(({ file, content }) => ({ path: `docs/runbooks/${file}`, content })),
  ]
}
