import type { Kpi } from '@millrace/kpis/kpi'
import { renderDocs } from '@millrace/kpis/render-docs'
import { renderSql } from '@millrace/kpis/render-sql'
import { renderPrivacy } from './render-privacy.ts'

export interface GeneratedFile {
  /** From the checkout's root. */
  readonly path: string
  readonly content: string
  /** The content is what stands between the two comments of this name; the rest of the file is written by hand. */
  readonly part?: string
}

/** Everything that is rendered from the KPI definitions, the contracts and the default policy, and checked in. */
export function generatedFiles(kpis: readonly Kpi[]): readonly GeneratedFile[] {
  return [
    { path: 'migrations/generated/kpi-totals.sql', content: renderSql(kpis) },
    { path: 'docs/kpis.md', content: renderDocs(kpis) },
    { path: 'docs/privacy.md', part: 'fields', content: renderPrivacy({ rules: [] }) },
  ]
}
