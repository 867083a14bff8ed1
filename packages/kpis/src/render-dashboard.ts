import type { Kpi, Unit } from './kpi.ts'
import { FRESH_SECONDS, seriesLabels } from './prometheus/alert-query.ts'
import { windowsOf } from './windows.ts'

export interface DashboardOptions {
  readonly title: string
  /** Stays the same, so that links and a changed dashboard find it. */
  readonly uid: string
}

const DATASOURCE = { type: 'prometheus', uid: 'prometheus' }
const UNITS: { readonly [U in Unit]: string } = {
  count: 'short',
  money: 'none',
  ratio: 'percentunit',
  seconds: 's',
}
const WIDTH = 12
const HEIGHT = 8

/** Grafana's dashboard of the KPIs: a panel each, a row an owner, and on top how fresh they are. */
export function renderDashboard(kpis: readonly Kpi[], { title, uid }: DashboardOptions): string {
  const owners = [...new Set(kpis.map(({ owner }) => owner))].sort()
  const rows = owners.map((owner) => ({ owner, own: kpis.filter((kpi) => kpi.owner === owner) }))
  const panels: object[] = [freshnessPanel(kpis)]
  let top = HEIGHT
  for (const { owner, own } of rows) {
    panels.push({
      ...placed(panels.length, 0, top, 24, 1),
      type: 'row',
      title: owner,
      collapsed: false,
      panels: [],
    })
    top += 1
    for (const [index, kpi] of own.entries()) {
      const y = top + Math.floor(index / 2) * HEIGHT
      panels.push({ ...placed(panels.length, (index % 2) * WIDTH, y, WIDTH, HEIGHT), ...kpiPanel(kpi) })
    }
    top += Math.ceil(own.length / 2) * HEIGHT
  }
  const dashboard = {
    ...{ uid, title, tags: ['millrace', 'kpi'], timezone: 'browser', schemaVersion: 39, version: 1 },
    ...{ editable: false, refresh: '1m', time: { from: 'now-7d', to: 'now' }, templating: { list: [] } },
    panels,
  }
  return `${JSON.stringify(dashboard, null, 2)}\n`
}

function placed(index: number, x: number, y: number, w: number, h: number): object {
  return { id: index + 1, gridPos: { x, y, w, h } }
}

function freshnessPanel(kpis: readonly Kpi[]): object {
  const names = kpis.map(({ name }) => name).join('|')
  return {
    ...placed(0, 0, 0, 24, HEIGHT),
    ...{ type: 'timeseries', title: 'Age of the numbers', datasource: DATASOURCE },
    description: 'Everything received longer ago is counted. Alerts on a KPI hold only below the line.',
    fieldConfig: {
      defaults: { unit: 's', ...thresholds([{ kind: 'above', value: FRESH_SECONDS }]) },
      overrides: [],
    },
    options: { legend: { displayMode: 'list', placement: 'bottom' } },
    targets: [target('A', `max(time() - kpi_watermark_timestamp_seconds{kpi=~"${names}"})`, 'age')],
  }
}

function kpiPanel(kpi: Kpi): object {
  const windows = windowsOf(kpi).includes('last_24h') ? ['last_24h', 'today'] : ['today', 'yesterday']
  const legend = seriesLabels(kpi).map((label) => `{{${label}}}`)
  const lines = [...kpi.alerts.map(({ when }) => when), ...(kpi.target ? [kpi.target] : [])]
  return {
    ...{ type: 'timeseries', title: kpi.title, description: kpi.help, datasource: DATASOURCE },
    fieldConfig: {
      defaults: { unit: UNITS[kpi.unit], ...thresholds(lines) },
      overrides: [],
    },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets: windows.map((window, index) =>
      target(
        String.fromCharCode(65 + index),
        `max without (job, instance) (kpi_${kpi.name}{window="${window}"})`,
        [...legend, window].join(' '),
      ),
    ),
  }
}

function target(refId: string, expr: string, legendFormat: string): object {
  return { refId, expr, legendFormat, datasource: DATASOURCE }
}

/** Lines where somebody is told, and where the number should be. */
function thresholds(lines: readonly { readonly kind: string; readonly value: number }[]): object {
  if (lines.length === 0) return {}
  const values = [...new Set(lines.map(({ value }) => value))].sort((a, b) => a - b)
  return {
    custom: { thresholdsStyle: { mode: 'line' } },
    thresholds: {
      mode: 'absolute',
      steps: [{ color: 'transparent', value: null }, ...values.map((value) => ({ color: 'orange', value }))],
    },
  }
}
