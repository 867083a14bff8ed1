import { type Alert, alertName, runbookFile } from './alert.ts'
import { type Dimension, isDerived, type Kpi, type Part, type StoredKpi } from './kpi.ts'
import { WINDOWS } from './prometheus/render-rules.ts'
import { windowsOf } from './windows.ts'

const HEADER = `<!-- Generated from the definitions by \`npm run generate\`. Do not edit: change the definition and generate again. -->

# KPIs
`

/** docs/kpis.md: what each KPI means, where it is read, how it is counted, when somebody is told. */
export function renderDocs(kpis: readonly Kpi[], introduction: string): string {
  return [HEADER, `${introduction}\n`, ...kpis.map(section)].join('\n')
}

function section(kpi: Kpi): string {
  const rows = [
    ['Gauge', `\`kpi_${kpi.name}\``],
    ['View', `\`warehouse.kpi_${kpi.name}\``],
    ['Unit', UNITS[kpi.unit]],
    ['Windows', windowsOf(kpi).join(', ')],
    ['Owner', kpi.owner],
    ...(kpi.target ? [['Target', `${kpi.target.kind} ${kpi.target.value}`]] : []),
    ...kpi.alerts.map((alert) => ['Alert', alertText(kpi, alert)]),
    ...(isDerived(kpi)
      ? [['Counted', `${kpi.minuend.title} less ${kpi.subtrahend.title}`]]
      : storedRows(kpi)),
  ]
  return `<a id="${kpi.name.replaceAll('_', '-')}"></a>

## ${kpi.title}

${kpi.help}

| | |
|---|---|
${rows.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}
`
}

const UNITS: { readonly [Unit in Kpi['unit']]: string } = {
  count: 'count',
  money: 'major units of the currency',
  ratio: '0 to 1; no value while nothing is due',
  seconds: 'seconds',
}

function storedRows(kpi: StoredKpi): string[][] {
  const dimensions = Object.entries(kpi.dimensions).map(([label, dimension]) => describe(label, dimension))
  return [
    [
      'Counted',
      `${measureText(kpi)} of \`${kpi.from}\`${kpi.where ? ` where \`${kpi.where}\`` : ''}, by \`${kpi.day}\``,
    ],
    ...(dimensions.length > 0 ? [['Labels', dimensions.join('; ')]] : []),
    ...(kpi.breakdowns.length > 0
      ? [['`--by`', kpi.breakdowns.map((column) => `\`${column}\``).join(', ')]]
      : []),
  ]
}

function alertText(kpi: Kpi, alert: Alert): string {
  const { severity, when, window, atLeast } = alert
  const volume = atLeast === undefined ? '' : `, if at least ${atLeast} is divided by`
  const only = Object.entries(alert.only).map(([label, value]) => `, ${label} ${value}`)
  return `[${alertName(kpi, alert)}](runbooks/${runbookFile(kpi, alert)}), ${severity}: ${when.kind} ${when.value} ${WINDOWS[window]} for ${alert.for}${only.join('')}${volume}`
}

function describe(label: string, { values }: Dimension): string {
  if (!values) return `\`${label}\``
  return `\`${label}\` (${values.map((value) => `\`${value}\``).join(', ')}; the rest is \`other\`)`
}

function measureText({ measure }: StoredKpi): string {
  switch (measure.kind) {
    case 'count':
      return 'rows'
    case 'sum':
      return `sum of \`${measure.column}\``
    case 'ratio':
      return `${partText(measure.numerator)} over ${partText(measure.denominator)}`
    case 'distinct_people':
      return measure.days === 1 ? 'different people' : `different people of ${measure.days} days`
    case 'percentile':
      return `${measure.quantiles.map((q) => `p${q * 100}`).join(' and ')} of \`${measure.column}\` (within 2 %)`
    case 'last':
      return `last \`${measure.column}\``
  }
}

function partText(part: Part): string {
  if (part.kind === 'sum') return `sum of \`${part.column}\``
  const rows = part.where ? `rows where \`${part.where}\`` : 'rows'
  return part.less ? `(${rows} less those where \`${part.less}\`)` : rows
}
