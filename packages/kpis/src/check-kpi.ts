import { factColumns } from '@millrace/contracts/fact-columns'
import { Fault } from '@millrace/contracts/fault'
import { type Alert, alertName } from './alert.ts'
import { dimensionsOf, isDerived, type Kpi, type Part, type StoredKpi, storedKpis } from './kpi.ts'
import { windowsOf } from './windows.ts'

const NAME = /^[a-z][a-z0-9_]{0,50}$/
const RESERVED: ReadonlySet<string> = new Set([
  'window',
  'quantile',
  'kpi',
  'job',
  'instance',
  'severity',
  'owner',
])
/** Values that a contract bounds, or an operator by the write keys there are. */
const BOUNDED: ReadonlySet<string> = new Set([
  ...['country', 'currency', 'source', 'kind', 'rating', 'stage', 'change', 'excluded_reason'],
])
const DURATION = /^[1-9]\d{0,3}[mhd]$/

/**
 * What the compiler cannot see, or did not: definitions in a folder of one's own run as they are.
 * @throws Fault `contract_broken` that names the field and says what was expected.
 */
export function checkKpi<K extends Kpi>(kpi: K): K {
  const refuse = (problem: string): never => {
    throw new Fault('contract_broken', `KPI ${kpi.name}: ${problem}`)
  }
  if (!NAME.test(kpi.name)) refuse('name: expected lower-case letters, digits and _, 51 characters at most')
  for (const field of ['title', 'help', 'owner'] as const) {
    if (!kpi[field]?.trim()) refuse(`${field}: expected a text`)
  }
  if (!isDerived(kpi)) checkStored(kpi, refuse)
  if (kpi.unit === 'money' && !storedKpis(kpi).every(hasCurrency))
    refuse(
      "unit: money needs dimensions: { currency: { column: 'currency' } }, amounts of two currencies are never added up",
    )
  for (const alert of kpi.alerts) checkAlert(kpi, alert, refuse)
  const names = kpi.alerts.map((alert) => alertName(kpi, alert))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) refuse(`alerts: two would be named ${twice}, give them different severities`)
  return kpi
}

type Refuse = (problem: string) => never

function checkStored(kpi: StoredKpi, refuse: Refuse): void {
  if (!(kpi.from in factColumns)) refuse(`from: expected one of ${Object.keys(factColumns).join(', ')}`)
  const columns: Readonly<Record<string, string>> = factColumns[kpi.from]
  const expectColumn = (field: string, column: string | undefined, types: readonly string[]): void => {
    const fitting = Object.keys(columns).filter((name) => types.includes(columns[name] ?? ''))
    if (column !== undefined && !fitting.includes(column))
      refuse(
        `${field}: ${kpi.from} has no such column ${column}, expected one of ${fitting.join(', ') || 'none'}`,
      )
  }
  expectColumn('day', kpi.day, ['date'])
  expectColumn('at', kpi.at, ['timestamptz'])
  for (const column of columnsOf(kpi)) expectColumn('measure', column, ['bigint', 'double precision'])
  for (const column of kpi.breakdowns) expectColumn('breakdowns', column, ['text'])
  for (const [label, { column, values }] of Object.entries(kpi.dimensions)) {
    if (!NAME.test(label) || RESERVED.has(label))
      refuse(
        `dimension ${label}: expected lower-case letters, digits and _, and none of ${[...RESERVED].join(', ')}`,
      )
    expectColumn(`dimension ${label}`, column, ['text'])
    if (!values && !BOUNDED.has(column))
      refuse(
        `dimension ${label}: expected values: ['…'], for nothing bounds ${column}; the others become other`,
      )
  }
  checkMeasure(kpi, refuse)
}

function checkMeasure({ measure, dimensions, from, at, unit }: StoredKpi, refuse: Refuse): void {
  if (measure.kind === 'distinct_people') {
    if (from !== 'fact_person_day') refuse('measure: distinct_people needs from: fact_person_day')
    if (![1, 7, 30].includes(measure.days)) refuse('measure: expected 1, 7 or 30 days')
    if (Object.keys(dimensions).length > 0) refuse('dimensions: distinct people take none')
  }
  if (measure.kind === 'percentile' && measure.quantiles.some((quantile) => !(quantile > 0 && quantile < 1)))
    refuse('measure: expected quantiles between 0 and 1')
  if (measure.kind === 'last' && at === undefined) refuse('at: the last value needs the moment of a row')
  if (unit === 'ratio' && measure.kind === 'count') refuse('unit: rows are a count')
  if (unit === 'money' && measure.kind === 'percentile') refuse('unit: percentiles of money are not kept')
}

function columnsOf({ measure }: StoredKpi): readonly string[] {
  if (measure.kind === 'ratio') return [measure.numerator, measure.denominator].flatMap(columnOf)
  return 'column' in measure ? [measure.column] : []
}

function columnOf(part: Part): readonly string[] {
  return part.kind === 'sum' ? [part.column] : []
}

function hasCurrency({ dimensions }: StoredKpi): boolean {
  return dimensions.currency?.column === 'currency'
}

function checkAlert(kpi: Kpi, alert: Alert, refuse: Refuse): void {
  const field = `alerts, ${alert.when.kind}(${alert.when.value})`
  if (!Number.isFinite(alert.when.value)) refuse(`${field}: expected a number`)
  if (!DURATION.test(alert.for)) refuse(`${field}, for: expected 15m, 2h or 1d`)
  if (!['info', 'warning', 'error', 'critical'].includes(alert.severity))
    refuse(`${field}, severity: expected info, warning, error or critical`)
  if (!windowsOf(kpi).includes(alert.window))
    refuse(`${field}, window: expected one of ${windowsOf(kpi).join(', ')}`)
  const isRatio = !isDerived(kpi) && kpi.measure.kind === 'ratio'
  if (isRatio && !(alert.atLeast !== undefined && alert.atLeast > 0))
    refuse(`${field}, atLeast: expected the least denominator with which the ratio says something`)
  if (!isRatio && alert.atLeast !== undefined) refuse(`${field}, atLeast: only ratios have a denominator`)
  if (alert.window === 'today' && alert.when.kind === 'below' && !isRatio)
    refuse(`${field}, window: today begins at nothing every midnight, expected another`)
  if (!alert.means?.trim()) refuse(`${field}, means: expected a text`)
  const labels = new Set([...labelsOf(kpi)])
  for (const label of Object.keys(alert.only)) {
    if (!labels.has(label)) refuse(`${field}, only: expected one of ${[...labels].join(', ') || 'none'}`)
  }
  if (kpi.unit === 'money' && alert.only.currency === undefined)
    refuse(`${field}, only: expected { currency: 'EUR' }, an amount means nothing without it`)
}

function labelsOf(kpi: Kpi): readonly string[] {
  const isPercentile = !isDerived(kpi) && kpi.measure.kind === 'percentile'
  return [...Object.keys(dimensionsOf(kpi)), ...(isPercentile ? ['quantile'] : [])]
}
