import type { Kpi } from '@millrace/kpis/define-kpi'
import { renderDocs } from '@millrace/kpis/render-docs'
import { renderSql } from '@millrace/kpis/render-sql'

export interface GeneratedFile {
  /** From the checkout's root. */
  readonly path: string
  readonly content: string
}

/** Everything that is rendered from the KPI definitions and checked in. */
export function generatedFiles(kpis: readonly Kpi[]): readonly GeneratedFile[] {
  return [
    { path: 'migrations/generated/kpi-totals.sql', content: renderSql(kpis) },
    { path: 'docs/kpis.md', content: renderDocs(kpis) },
  ]
}
