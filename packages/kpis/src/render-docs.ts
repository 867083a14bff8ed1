import { type Dimension, isDerived, type Kpi, type Part, type StoredKpi } from './kpi.ts'

const HEADER = `<!-- Generated from packages/kpis by \`npm run generate\`. Do not edit: change the definition and generate again. -->

# KPIs

Each KPI is declared once, in \`packages/kpis/src/definitions\`. Its totals keep themselves by triggers on its fact table;
\`millrace kpi verify\` recomputes them from the facts. Days are days of the business time zone.
`

/** docs/kpis.md: what each KPI means, where it is read, how it is counted. */
export function renderDocs(kpis: readonly Kpi[]): string {
  return [HEADER, ...kpis.map(section)].join('\n')
}

function section(kpi: Kpi): string {
  const rows = [
    ['Gauge', `\`kpi_${kpi.name}\``],
    ['View', `\`warehouse.kpi_${kpi.name}\``],
    ['Unit', UNITS[kpi.unit]],
    ['Owner', kpi.owner],
    ...(isDerived(kpi)
      ? [['Counted', `${kpi.minuend.title} less ${kpi.subtrahend.title}`]]
      : storedRows(kpi)),
  ]
  return `## ${kpi.title}

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
  return part.where ? `rows where \`${part.where}\`` : 'rows'
}
